package dev.assent.shop.saga;

import dev.assent.saga.api.InputText;
import dev.assent.saga.api.SagaDefinition;
import dev.assent.saga.api.StepAction;
import dev.assent.saga.api.StepCompensation;
import dev.assent.saga.api.StepContext;
import dev.assent.saga.api.StepOptions;
import dev.assent.saga.api.StepRefusedException;
import dev.assent.saga.http.SagaRequests;
import dev.assent.time.Backoff;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.List;

/** The saga of the drill: a global transaction of the executor's, two services side by side, and one of
 * them again. */
final class Trip {
    static final String BOOK = "book";
    static final String ROOM = "room";
    static final String SEAT = "seat";
    static final String PAY = "pay";

    /** Stage by stage. */
    static final List<List<String>> SHAPE = List.of(List.of(BOOK), List.of(ROOM, SEAT), List.of(PAY));

    private static final StepOptions OPTIONS = new StepOptions(10, Duration.ofSeconds(5), new Backoff(50, 1_000));

    private final SagaRequests requests;
    private final Bookings bookings;
    private final GateClient gate;
    private final URI hotel;
    private final URI airline;

    Trip(SagaRequests requests, Bookings bookings, GateClient gate, URI hotel, URI airline) {
        this.gate = gate;
        this.requests = requests;
        this.bookings = bookings;
        this.hotel = hotel;
        this.airline = airline;
    }

    /** Its input is the step that is refused, or a word that is none. */
    SagaDefinition<String> definition() {
        return SagaDefinition.named("trip", 1, InputText.plain())
                .within(Duration.ofMinutes(2))
                .step(BOOK, this::book, this::unbook, OPTIONS)
                .together(stage -> stage.step(ROOM, at(hotel), undoAt(hotel), OPTIONS)
                        .step(SEAT, at(airline), undoAt(airline), OPTIONS))
                .step(PAY, at(airline), undoAt(airline), OPTIONS)
                .build();
    }

    private String book(StepContext<String> context) throws Exception {
        return bookings.apply(context.key());
    }

    private void unbook(StepContext<String> context) throws Exception {
        String unused = bookings.apply(context.key());
    }

    private StepAction<String> at(URI service) {
        return context -> post(context, service);
    }

    private StepCompensation<String> undoAt(URI service) {
        return context -> {
            String unused = post(context, service);
        };
    }

    private String post(StepContext<String> context, URI service)
            throws IOException, InterruptedException, StepRefusedException {
        String answer = requests.post(context, service, "text/plain", context.input());
        gate.visit(context.key(), Moment.ANSWERED);
        return answer;
    }
}
