package dev.assent.tx.node;

import dev.assent.saga.Sagas;
import dev.assent.saga.api.InputText;
import dev.assent.saga.api.SagaDefinition;
import dev.assent.saga.api.StepOptions;
import dev.assent.saga.api.StepRefusedException;
import dev.assent.saga.model.SagaId;
import dev.assent.store.StoreConfig;
import dev.assent.time.Backoff;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/** A process with two sagas: one whose second step does not answer, and one that turned back and cannot be undone. */
final class ToySagas implements AutoCloseable {
    static final SagaId WAITING = new SagaId("trip-of-ann");
    static final SagaId STUCK = new SagaId("trip-of-bob");
    private static final StepOptions EAGER = StepOptions.DEFAULT
            .withAttempts(1)
            .withTimeout(Duration.ofMinutes(5))
            .withPauses(new Backoff(1, 100));

    private final CompletableFuture<String> answer = new CompletableFuture<>();
    private final SagaDefinition<String> trip = SagaDefinition.named("trip", 2, InputText.plain())
            .step("book", context -> "room 7", context -> {}, EAGER)
            .step("pay", context -> answer.join(), context -> {}, EAGER)
            .step("send", context -> "sent", context -> {}, EAGER)
            .build();
    private final SagaDefinition<String> refused = SagaDefinition.named("refused", 1, InputText.plain())
            .step(
                    "book",
                    context -> "room 8",
                    context -> {
                        throw new IOException("the hotel does not answer");
                    },
                    EAGER)
            .step(
                    "pay",
                    context -> {
                        throw new StepRefusedException("the card is not covered");
                    },
                    context -> {},
                    EAGER)
            .build();
    private final Sagas sagas;

    ToySagas(StoreConfig store) throws IOException {
        sagas = Sagas.open(store, List.of(trip, refused));
        sagas.start(trip, WAITING, "two nights").toCompletableFuture().join();
        sagas.start(refused, STUCK, "three nights").toCompletableFuture().join();
    }

    @Override
    public void close() {
        answer.complete("paid");
        sagas.close();
    }
}
