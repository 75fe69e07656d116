package dev.assent.saga.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.assent.saga.model.Claim;
import dev.assent.saga.model.ProcessId;
import dev.assent.saga.model.SagaEntry;
import dev.assent.saga.model.SagaEvent;
import dev.assent.saga.model.SagaHeader;
import dev.assent.saga.model.SagaId;
import dev.assent.saga.model.SagaOutcome;
import dev.assent.saga.model.SagaStatus;
import dev.assent.saga.spi.SagaLog.Appended;
import dev.assent.saga.spi.SagaLog.EndedSlot;
import dev.assent.store.SetAside;
import dev.assent.store.StoreConfig;
import dev.assent.store.StoreSession;
import dev.assent.tx.testing.Eventually;
import dev.assent.tx.testing.TcpProxy;
import dev.assent.tx.testing.TestStore;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What executors rely on, to be kept by every ensemble. */
abstract class SagaLogContract {
    private static final SagaId SAGA = new SagaId("saga-1");
    private static final ProcessId ONE = new ProcessId("one");
    private static final ProcessId TWO = new ProcessId("two");
    private static final long NOW = 1_700_000_000_000L;

    @TempDir
    Path folder;

    private TestStore ensemble;
    private StoreSession session;
    private ZnodeSagaLog log;
    private final SetAside aside = new SetAside();

    abstract TestStore startStore(Path home) throws IOException;

    @BeforeEach
    void connect() throws IOException {
        ensemble = startStore(folder);
        session = open();
        log = ZnodeSagaLog.open(session, aside);
    }

    private StoreSession open() throws IOException {
        return StoreSession.open(StoreConfig.of(ensemble.connectString()).withSessionTimeout(Duration.ofSeconds(30)));
    }

    @AfterEach
    void disconnect() {
        session.close();
        ensemble.close();
    }

    private static <T> T get(CompletionStage<T> stage) throws Exception {
        return stage.toCompletableFuture().get(120, TimeUnit.SECONDS);
    }

    private static SagaHeader header(String input) {
        return new SagaHeader(SAGA, "order", 1, input, NOW, NOW + 1_000, List.of(List.of("a"), List.of("b")));
    }

    private static SagaEntry entry(int number, int epoch, SagaEvent... events) {
        return new SagaEntry(number, epoch, NOW, List.of(events));
    }

    private Claim started() throws Exception {
        get(log.announce(ONE));
        return get(log.start(ONE, header("in"), entry(0, 0, new SagaEvent.StageStarted(0))))
                .orElseThrow();
    }

    private Appended turnBack(Claim claim, int number) throws Exception {
        return get(log.append(claim, entry(number, claim.epoch(), new SagaEvent.CompensationStarted("no"))));
    }

    private Appended end(Claim claim, int number) throws Exception {
        return get(log.append(claim, lastEntry(claim, number)));
    }

    private static SagaEntry lastEntry(Claim claim, int number) {
        return entry(
                number,
                claim.epoch(),
                new SagaEvent.CompensationStarted("no"),
                new SagaEvent.StepCompensated("a"),
                new SagaEvent.Ended(SagaOutcome.COMPENSATED));
    }

    @Test
    void a_saga_is_started_once_and_its_starter_may_ask_again() throws Exception {
        Claim claim = started();

        assertThat(started()).as("the same start, repeated").isEqualTo(claim);
        get(log.announce(TWO));
        SagaEntry first = entry(0, 0, new SagaEvent.StageStarted(0));
        assertThat(get(log.start(TWO, header("in"), first))).isEmpty();
        assertThat(get(log.start(ONE, header("other"), first))).isEmpty();
        assertThat(get(log.read(SAGA))).hasValueSatisfying(record -> {
            assertThat(record.header()).isEqualTo(header("in"));
            assertThat(record.claim()).isEqualTo(claim);
            assertThat(record.entries()).containsExactly(first);
        });
        assertThat(get(log.runsOf(ONE))).containsExactly(SAGA);
        assertThat(get(log.runsOf(TWO))).isEmpty();
    }

    @Test
    void an_entry_that_is_written_again_is_recorded_and_another_in_its_place_is_not() throws Exception {
        Claim claim = started();

        assertThat(turnBack(claim, 1)).isEqualTo(Appended.RECORDED);
        assertThat(turnBack(claim, 1)).isEqualTo(Appended.RECORDED);
        assertThat(end(claim, 1)).isEqualTo(Appended.FENCED);
        assertThat(get(log.read(SAGA)).orElseThrow().progress().status()).isEqualTo(SagaStatus.COMPENSATING);
    }

    @Test
    void a_claim_fences_the_executor_before_and_moves_the_saga() throws Exception {
        Claim before = started();

        Claim after = get(log.claim(SAGA, ONE, TWO)).orElseThrow();

        assertThat(after.epoch()).isGreaterThan(before.epoch());
        assertThat(turnBack(before, 1)).isEqualTo(Appended.FENCED);
        assertThat(get(log.claim(SAGA, ONE, new ProcessId("three")))).isEmpty();
        assertThat(get(log.runsOf(ONE))).isEmpty();
        assertThat(get(log.runsOf(TWO))).containsExactly(SAGA);
        Claim again = get(log.claim(SAGA, ONE, TWO)).orElseThrow();
        assertThat(turnBack(again, 1)).isEqualTo(Appended.RECORDED);
    }

    @Test
    void who_claims_its_own_saga_fences_what_it_may_have_sent_before() throws Exception {
        Claim before = started();

        Claim after = get(log.claim(SAGA, ONE, ONE)).orElseThrow();

        assertThat(turnBack(before, 1)).isEqualTo(Appended.FENCED);
        assertThat(turnBack(after, 1)).isEqualTo(Appended.RECORDED);
    }

    @Test
    void a_saga_that_has_ended_is_nobodys_and_is_found_among_the_ended_until_forgotten() throws Exception {
        Claim claim = started();

        assertThat(end(claim, 1)).isEqualTo(Appended.RECORDED);
        assertThat(end(claim, 1)).as("the same entry, repeated").isEqualTo(Appended.RECORDED);

        assertThat(get(log.runsOf(ONE))).isEmpty();
        assertThat(get(log.claim(SAGA, ONE, TWO))).isEmpty();
        assertThat(get(log.claim(SAGA, ONE, ONE))).isEmpty();
        EndedSlot slot = get(log.endedSlots()).get(0);
        assertThat(slot.endMillis()).isBetween(NOW, NOW + Duration.ofMinutes(10).toMillis());
        assertThat(get(log.endedIn(slot))).containsExactly(SAGA);
        get(log.forget(slot, List.of(SAGA)));
        get(log.forget(slot, List.of(SAGA)));
        assertThat(get(log.read(SAGA))).isEqualTo(Optional.empty());
        assertThat(get(log.endedSlots())).isEmpty();
        assertThat(end(claim, 1)).as("too late").isEqualTo(Appended.FENCED);
        for (String left : List.of(SagaLayout.LOGS, SagaLayout.ENDED)) {
            assertThat(get(session.syncAndList(left))).as(left).isEmpty();
        }
    }

    @Test
    void a_batch_of_ended_sagas_is_forgotten() throws Exception {
        get(log.announce(ONE));
        for (int number = 0; number < 100; number++) {
            SagaId id = new SagaId("many-" + number);
            SagaHeader header = new SagaHeader(id, "order", 1, "", NOW, NOW, List.of(List.of("a")));
            SagaEntry first = entry(0, 0, new SagaEvent.StageStarted(0));
            Claim claim = get(log.start(ONE, header, first)).orElseThrow();
            assertThat(get(log.append(claim, lastEntry(claim, 1)))).isEqualTo(Appended.RECORDED);
        }
        EndedSlot slot = get(log.endedSlots()).get(0);

        get(log.forget(slot, get(log.endedIn(slot))));

        assertThat(get(session.syncAndList(SagaLayout.LOGS))).isEmpty();
    }

    @Test
    void a_process_is_alive_as_long_as_its_session() throws Exception {
        StoreSession other = open();
        get(ZnodeSagaLog.open(other, aside).announce(TWO));
        get(log.announce(ONE));
        get(log.announce(ONE));

        assertThat(get(log.alive())).containsExactlyInAnyOrder(ONE, TWO);
        assertThat(get(log.executors())).containsExactlyInAnyOrder(ONE, TWO);
        other.close();

        Eventually.soon("the other is gone", () -> {
            try {
                return get(log.alive()).equals(Set.of(ONE));
            } catch (Exception e) {
                throw new AssertionError(e);
            }
        });
        get(log.dismiss(TWO));
        assertThat(get(log.executors())).containsExactly(ONE);
    }

    @Test
    void who_has_sagas_is_not_dismissed_and_who_was_dismissed_may_start_and_claim_again() throws Exception {
        Claim claim = started();
        get(log.dismiss(ONE));
        assertThat(get(log.executors())).contains(ONE);
        assertThat(end(claim, 1)).isEqualTo(Appended.RECORDED);
        get(log.dismiss(ONE));

        SagaHeader header = new SagaHeader(new SagaId("next"), "order", 1, "", NOW, NOW, List.of(List.of("a")));
        assertThat(get(log.start(ONE, header, entry(0, 0, new SagaEvent.StageStarted(0)))))
                .isPresent();
        assertThat(get(log.claim(header.id(), ONE, TWO)))
                .as("who never announced itself")
                .isPresent();
    }

    @Test
    void a_log_that_cannot_be_read_fails_and_is_told() throws Exception {
        started();
        get(session.setData(SagaLayout.entry(SAGA, 0), new byte[] {9}, -1));

        assertThatThrownBy(() -> get(log.read(SAGA))).hasRootCauseMessage("version 9, not 1");
        assertThat(aside.known()).isEqualTo(1);
    }

    @Test
    void a_request_that_neither_ends_nor_fails_ends_and_is_repeated_over_another_session() throws Exception {
        Claim claim = started();
        String address = ensemble.connectString().split(",", 2)[0];
        int port = Integer.parseInt(address.substring(address.indexOf(':') + 1));
        try (TcpProxy link = new TcpProxy(port)) {
            StoreConfig patient = StoreConfig.of(link.address())
                    .withSessionTimeout(Duration.ofMinutes(1))
                    .withRequestTimeout(Duration.ofMillis(1_500));
            try (StoreSession other = StoreSession.open(patient)) {
                ZnodeSagaLog behind = ZnodeSagaLog.open(other, aside);
                SagaEntry entry = entry(1, claim.epoch(), new SagaEvent.CompensationStarted("no"));
                link.freeze();

                assertThatThrownBy(() -> get(behind.append(claim, entry))).hasCauseInstanceOf(TimeoutException.class);

                link.thaw();
                Eventually.soon("it is written", () -> {
                    try {
                        return get(behind.append(claim, entry)) == Appended.RECORDED;
                    } catch (ExecutionException again) {
                        return false;
                    } catch (Exception e) {
                        throw new AssertionError(e);
                    }
                });
            }
        }
        assertThat(get(log.read(SAGA)).orElseThrow().entries()).hasSize(2);
    }
}
