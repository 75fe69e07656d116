package dev.assent.shop.drills.run;

import static org.assertj.core.api.Assertions.assertThat;

import dev.assent.shop.drills.plan.Audit;
import dev.assent.shop.drills.plan.Catalogue;
import dev.assent.shop.drills.plan.Drill;
import dev.assent.shop.drills.plan.Fault;
import dev.assent.shop.drills.plan.Invariant;
import dev.assent.shop.drills.plan.PlantedBug;
import dev.assent.shop.drills.plan.Verdict;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

/** A system in which a caller is served whenever somebody looks, unless nobody is there to serve it. */
final class DrillRunTest {
    private static final Drill DRILL = Catalogue.named("kill-leader").orElseThrow();

    private final Fake system = new Fake();

    private Result run(Drill drill, Duration patience) throws Exception {
        DrillRun.Pace pace = new DrillRun.Pace(Duration.ZERO, 1, Duration.ZERO, Duration.ZERO, patience);
        return new DrillRun(system, pace, line -> {}).run(drill, Optional.empty(), 1, 1);
    }

    /** What was judged of service meanwhile; the rest depends on when samples are taken. */
    private static List<String> judged(Result result, Verdict.Outcome outcome) {
        return result.verdicts().stream()
                .filter(verdict -> verdict.outcome() == outcome)
                .filter(verdict -> verdict.invariant().equals(new Invariant.ServedMeanwhile().text()))
                .map(Verdict::reason)
                .toList();
    }

    @Test
    void nothing_is_healed_before_somebody_was_served_that_began_after_the_blow() throws Exception {
        system.looksUntilTakenOver = 5;

        Result result = run(DRILL, Duration.ofMinutes(1));

        assertThat(judged(result, Verdict.Outcome.HELD)).hasSize(1);
        assertThat(system.committedWhenHealed - system.committedWhenStruck).isGreaterThan(Fake.CALLERS);
    }

    @Test
    void a_fault_that_leaves_nobody_to_serve_is_healed_at_last_and_has_broken_the_hypothesis() throws Exception {
        system.looksUntilTakenOver = Long.MAX_VALUE;

        Result result = run(DRILL, Duration.ofMillis(100));

        assertThat(judged(result, Verdict.Outcome.BROKEN))
                .containsExactly("nobody was within 0 s since the fault came");
    }

    @Test
    void whoever_restarts_one_after_the_other_waits_between_them_and_is_told_once() throws Exception {
        system.looksUntilTakenOver = Long.MAX_VALUE;
        system.oneByOne = List.of("node-1", "node-2");

        Result result = run(Catalogue.named("rolling-restart").orElseThrow(), Duration.ofMillis(100));

        assertThat(judged(result, Verdict.Outcome.BROKEN)).containsExactly("nobody was within 0 s since node-1 ended");
    }

    @Test
    void where_everybody_needs_what_is_struck_nobody_waits_for_it() throws Exception {
        system.looksUntilTakenOver = Long.MAX_VALUE;

        Result result = run(Catalogue.named("kill-database").orElseThrow(), Duration.ofMinutes(1));

        assertThat(result.verdicts())
                .extracting(Verdict::invariant)
                .doesNotContain(new Invariant.ServedMeanwhile().text());
        assertThat(system.committedWhenHealed).isEqualTo(system.committedWhenStruck);
    }

    /** Struck it serves nobody, until it was looked at so often, or is healed. */
    private static final class Fake implements DrillTarget {
        static final int CALLERS = 3;

        private final AtomicLong committed = new AtomicLong();
        private volatile boolean struck;
        private volatile long looksUntilTakenOver;
        private volatile long committedWhenStruck;
        private volatile long committedWhenHealed;
        private List<String> oneByOne = new ArrayList<>();

        @Override
        public String name() {
            return "fake";
        }

        @Override
        public void start() {}

        @Override
        public Optional<String> lacks(Drill drill, Optional<PlantedBug> bug) {
            return Optional.empty();
        }

        @Override
        public void open(long seed) {}

        @Override
        public int callers() {
            return CALLERS;
        }

        @Override
        public synchronized Counts counts() {
            if (!struck) {
                committed.incrementAndGet();
            } else if (looksUntilTakenOver > 0) {
                looksUntilTakenOver--;
            } else {
                committed.incrementAndGet();
            }
            return new Counts(committed.get(), 0, 0);
        }

        @Override
        public Optional<Healing> strike(
                Fault fault, Optional<PlantedBug> bug, Consumer<String> say, Meanwhile meanwhile)
                throws InterruptedException {
            synchronized (this) {
                struck = true;
                committedWhenStruck = committed.get();
            }
            for (String each : oneByOne) {
                meanwhile.awaitServed(each + " ended");
            }
            return Optional.of(heard -> {
                synchronized (this) {
                    committedWhenHealed = committed.get();
                    struck = false;
                }
            });
        }

        @Override
        public void closeDoors() {}

        @Override
        public Rest rest(Duration patience) {
            return new Rest(Optional.of(Duration.ZERO), 0);
        }

        @Override
        public Audit audit() {
            return new Audit(List.of(), List.of());
        }

        @Override
        public void close() {}
    }
}
