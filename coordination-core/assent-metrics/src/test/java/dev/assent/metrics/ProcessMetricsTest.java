package dev.assent.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import dev.assent.event.BranchEvent;
import dev.assent.event.Event;
import dev.assent.event.EventStream;
import dev.assent.event.Lane;
import dev.assent.event.MemberEvent;
import dev.assent.event.OutboxEvent;
import dev.assent.event.RecoveryEvent;
import dev.assent.event.SessionEvent;
import dev.assent.event.ShardEvent;
import dev.assent.event.Told;
import dev.assent.event.TransactionEvent;
import dev.assent.time.Clock;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class ProcessMetricsTest {
    private static final long MILLI = 1_000_000;

    private static final List<Event> EVERY_KIND = List.of(
            new TransactionEvent.Begun("00", 1),
            new TransactionEvent.Ending("00", true, 2),
            new TransactionEvent.Prepared("00", 3 * MILLI),
            new TransactionEvent.Decided("00", TransactionEvent.Decision.COMMIT, 4 * MILLI),
            new TransactionEvent.Answered("00", TransactionEvent.Outcome.COMMITTED, 9 * MILLI),
            new TransactionEvent.Ended("00", TransactionEvent.Outcome.COMMITTED, 20 * MILLI, 2 * MILLI),
            new BranchEvent.Enlisted("00", 1, "orders"),
            new BranchEvent.Voted("00", 1, "orders", BranchEvent.Vote.PREPARED, MILLI, ""),
            new BranchEvent.Ended("00", 1, "orders", BranchEvent.End.COMMITTED, MILLI),
            new BranchEvent.Retried("00", 1, "orders", "away"),
            new BranchEvent.Heuristic("00", 1, "orders", BranchEvent.Hazard.MIXED, "by itself"),
            new RecoveryEvent.Passed("orders", 3, 1, 0, 1_000, MILLI),
            new RecoveryEvent.BranchEnded("orders", "00", true),
            new RecoveryEvent.LeftAlone("orders", "00", "unreadable"),
            new RecoveryEvent.Failed("store", "away"),
            new RecoveryEvent.Fenced(7),
            new ShardEvent.Taken("node-1", 0, 1),
            new ShardEvent.Given("node-1", 0, 1),
            new MemberEvent.Looking(1),
            new MemberEvent.Serving(1, MemberEvent.Role.LEADER, 1, 3, 200 * MILLI),
            new MemberEvent.Synced(1, 2 * MILLI),
            new MemberEvent.Stopped(1, "disk"),
            new SessionEvent.Opened(1, "0x1", 4_000),
            new SessionEvent.Ended(1, "0x1"),
            new OutboxEvent.Taken("shop", 0, 1),
            new OutboxEvent.Given("shop", 0, 1),
            new OutboxEvent.Published("shop", 0, 25),
            new OutboxEvent.Refused("shop", 0, "k", 9, 2, OutboxEvent.Next.DEAD_LETTER, "too large"),
            new OutboxEvent.Parked("shop", 0, 2, "no such topic"),
            new OutboxEvent.Released("shop", 0, 2, "orders"),
            new OutboxEvent.Stalled("shop", 0, "broker away"),
            new OutboxEvent.Resumed("shop", 0, MILLI));

    private static final Lane BUSY = new Lane() {
        @Override
        public int running() {
            return 16;
        }

        @Override
        public int waiting() {
            return 7;
        }
    };

    /** All events have been heard, and all that a process says of itself is shown. */
    private static PrometheusMeterRegistry everything() {
        PrometheusMeterRegistry registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
        Meters meters = new Meters(registry);
        EventMeters heard = new EventMeters(meters, () -> 61_000);
        EventStream stream = new EventStream(() -> 0);
        stream.lane("orders", Optional.of(BUSY));
        heard.lanesOf(stream);
        EVERY_KIND.forEach(event -> heard.heard(new Told(1, 0, event)));
        heard.missed(4);
        for (Metric metric : Metric.values()) {
            if (metric.kind() == Metric.Kind.GAUGE && metric.tags().isEmpty()) {
                meters.gauge(metric, () -> 1);
            }
        }
        meters.gauge(Metric.LOCKS_HELD, () -> 3, "orders");
        meters.gauge(Metric.LOCKS_WAITERS, () -> 2, "orders");
        meters.counted(Metric.STORE_REQUESTS, () -> 1);
        meters.counted(Metric.STORE_PROPOSALS, () -> 1);
        return registry;
    }

    @Test
    void every_meter_of_the_list_is_there_under_the_name_that_it_says() {
        String scraped = everything().scrape();

        for (Metric metric : Metric.values()) {
            String line =
                    metric.kind() == Metric.Kind.TIMER ? metric.prometheusName() + "_count" : metric.prometheusName();
            assertThat(scraped.lines().filter(each -> each.startsWith(line + " ") || each.startsWith(line + "{")))
                    .as("lines of %s", line)
                    .isNotEmpty();
        }
    }

    @Test
    void what_was_heard_is_what_is_shown() {
        assertThat(everything().scrape().lines())
                .contains(
                        "assent_tx_begun_total 1.0",
                        "assent_tx_decision_seconds_count{decision=\"commit\"} 1",
                        "assent_tx_decision_seconds_sum{decision=\"commit\"} 0.004",
                        "assent_tx_decision_seconds_bucket{decision=\"commit\",le=\"0.005\"} 1",
                        "assent_recovery_in_doubt_branches{resource=\"orders\"} 2.0",
                        "assent_recovery_overdue_seconds{resource=\"orders\"} 60.0",
                        "assent_lane_running_calls{resource=\"orders\"} 16.0",
                        "assent_lane_waiting_calls{resource=\"orders\"} 7.0",
                        "assent_outbox_published_total{relay=\"shop\"} 25.0",
                        "assent_events_missed_total 4.0");
    }

    @Test
    void a_resource_that_is_not_looked_at_here_any_more_is_not_in_doubt_here() {
        AtomicLong now = new AtomicLong(61_000);
        SimpleMeterRegistry registry = new SimpleMeterRegistry();
        EventMeters heard = new EventMeters(new Meters(registry), now::get);
        heard.heard(new Told(1, 0, new RecoveryEvent.Passed("orders", 3, 1, 0, 1_000, MILLI)));
        Gauge inDoubt = registry.get("assent.recovery.in.doubt").gauge();
        Gauge overdue = registry.get("assent.recovery.overdue").gauge();
        assertThat(inDoubt.value()).isEqualTo(2);
        assertThat(overdue.value()).isEqualTo(60);

        now.addAndGet(EventMeters.UNSEEN_MILLIS_MAX + 1);

        assertThat(inDoubt.value()).isZero();
        assertThat(overdue.value()).isZero();
    }

    @Test
    void an_application_has_them_in_a_registry_of_its_own_while_it_listens() throws InterruptedException {
        EventStream stream = new EventStream(Clock.SYSTEM);
        SimpleMeterRegistry registry = new SimpleMeterRegistry();
        try (AssentMeters meters = new AssentMeters(stream)) {
            meters.bindTo(registry);
            assertThat(stream.isHeard()).isTrue();
            stream.tell(new TransactionEvent.Begun("00", 1));
            long endNanos = Clock.SYSTEM.nanos() + TimeUnit.SECONDS.toNanos(120);
            while (registry.find("assent.tx.begun").counter() == null) {
                assertThat(Clock.SYSTEM.nanos()).isLessThan(endNanos);
                Thread.onSpinWait();
            }
        }
        assertThat(stream.isHeard()).isFalse();
    }

    @Test
    void names_without_end_do_not_fill_the_memory() {
        SimpleMeterRegistry registry = new SimpleMeterRegistry();
        Meters meters = new Meters(registry);
        for (int i = 0; i < 2 * Meters.VALUES_MAX; i++) {
            meters.count(Metric.BRANCH_RETRIES, 1, "resource-" + i);
        }

        assertThat(registry.find("assent.tx.branch.retries").counters()).hasSize(Meters.VALUES_MAX + 1);
        assertThat(registry.get("assent.tx.branch.retries")
                        .tag("resource", Meters.OTHER)
                        .counter()
                        .count())
                .isEqualTo(Meters.VALUES_MAX);
    }
}
