package dev.assent.event;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@SuppressWarnings("try") // a subscription is held, not used
@Timeout(240)
class EventStreamTest {
    private final EventStream stream = new EventStream(() -> 1_000);

    /** Keeps what it hears; waits with each event for the gate. */
    private static final class Recorder implements EventListener {
        private final CountDownLatch gate;
        private final CountDownLatch first = new CountDownLatch(1);
        private final BlockingQueue<Told> heard = new LinkedBlockingQueue<>();
        private final AtomicLong missed = new AtomicLong();

        Recorder(CountDownLatch gate) {
            this.gate = gate;
        }

        static Recorder quick() {
            return new Recorder(new CountDownLatch(0));
        }

        @Override
        public void heard(Told told) {
            first.countDown();
            try {
                gate.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
            heard.add(told);
        }

        @Override
        public void missed(long events) {
            missed.addAndGet(events);
        }

        List<Event> next(int count) throws InterruptedException {
            List<Event> events = new ArrayList<>();
            for (int i = 0; i < count; i++) {
                Told told = heard.poll(120, TimeUnit.SECONDS);
                assertThat(told).as("event %s of %s", i + 1, count).isNotNull();
                events.add(told.event());
            }
            return events;
        }
    }

    private static Event event(int number) {
        return new MemberEvent.Synced(1, number);
    }

    @Test
    void is_heard_only_while_somebody_listens() {
        assertThat(stream.isHeard()).isFalse();

        try (Subscription subscription = stream.subscribe("test", 8, Recorder.quick())) {
            assertThat(stream.isHeard()).isTrue();
        }

        assertThat(stream.isHeard()).isFalse();
    }

    @Test
    void every_listener_hears_all_events_in_order() throws InterruptedException {
        Recorder one = Recorder.quick();
        Recorder other = Recorder.quick();
        try (Subscription first = stream.subscribe("one", 1_000, one);
                Subscription second = stream.subscribe("other", 1_000, other)) {
            List<Event> told = new ArrayList<>();
            for (int i = 0; i < 500; i++) {
                told.add(event(i));
                stream.tell(event(i));
            }

            assertThat(one.next(500)).isEqualTo(told);
            assertThat(other.next(500)).isEqualTo(told);
        }
    }

    @Test
    void a_listener_that_hangs_costs_itself_only_and_is_told_what_it_missed() throws InterruptedException {
        CountDownLatch gate = new CountDownLatch(1);
        Recorder hung = new Recorder(gate);
        Recorder well = Recorder.quick();
        try (Subscription first = stream.subscribe("hung", 4, hung);
                Subscription second = stream.subscribe("well", 1_000, well)) {
            stream.tell(event(0));
            hung.first.await();
            for (int i = 1; i <= 100; i++) {
                stream.tell(event(i));
            }

            assertThat(well.next(101)).hasSize(101);
            gate.countDown();
            assertThat(hung.next(5)).containsExactly(event(0), event(1), event(2), event(3), event(4));
            assertThat(hung.missed).hasValue(96);
        }
    }

    @Test
    void a_listener_that_throws_goes_on_hearing() throws InterruptedException {
        Recorder record = Recorder.quick();
        EventListener faulty = new EventListener() {
            @Override
            public void heard(Told told) {
                record.heard(told);
                throw new IllegalStateException("planted");
            }

            @Override
            public void missed(long events) {}
        };
        try (Subscription subscription = stream.subscribe("faulty", 8, faulty)) {
            stream.tell(event(1));
            stream.tell(event(2));

            assertThat(record.next(2)).containsExactly(event(1), event(2));
        }
    }

    @Test
    void so_many_listen_at_a_time_and_no_more() {
        List<Subscription> all = new ArrayList<>();
        for (int i = 0; i < EventSource.LISTENERS_MAX; i++) {
            all.add(stream.subscribe("one of many", 1, Recorder.quick()));
        }

        assertThatThrownBy(() -> stream.subscribe("one too many", 1, Recorder.quick()))
                .hasMessageContaining("64 listen");
        all.forEach(Subscription::close);
        stream.subscribe("one again", 1, Recorder.quick()).close();
    }

    @Test
    void an_event_is_called_by_its_family_and_its_own_name() {
        assertThat(event(1).name()).isEqualTo("member.synced");
        assertThat(new RecoveryEvent.BranchEnded("orders", "00", true).name()).isEqualTo("recovery.branchEnded");
    }
}
