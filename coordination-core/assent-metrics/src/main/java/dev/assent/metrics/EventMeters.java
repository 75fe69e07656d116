package dev.assent.metrics;

import dev.assent.event.BranchEvent;
import dev.assent.event.Event;
import dev.assent.event.EventListener;
import dev.assent.event.EventSource;
import dev.assent.event.Lane;
import dev.assent.event.MemberEvent;
import dev.assent.event.OutboxEvent;
import dev.assent.event.RecoveryEvent;
import dev.assent.event.SessionEvent;
import dev.assent.event.ShardEvent;
import dev.assent.event.StepEvent;
import dev.assent.event.Told;
import dev.assent.event.TransactionEvent;
import dev.assent.time.Clock;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.ToIntFunction;

/** Counts and times what it hears. On its own thread. */
final class EventMeters implements EventListener, Event.Handler {
    /** So long after its last look this process says nothing of a resource any more: another one recovers it by now. */
    static final long UNSEEN_MILLIS_MAX = 600_000;

    private final Meters meters;
    private final Clock clock;
    /** By resource, what the last pass saw. */
    private final Map<String, Seen> passes = new ConcurrentHashMap<>();
    /** Each may reach resources. */
    private final List<EventSource> reached = new CopyOnWriteArrayList<>();
    /** Resources whose lanes are shown; on the listener's threads only, of which there may be several. */
    private final Set<String> shown = ConcurrentHashMap.newKeySet();

    /** A pass, and when this process last looked there, in vain or not. */
    private record Seen(RecoveryEvent.Passed pass, long lookedEpochMillis) {}

    EventMeters(Meters meters, Clock clock) {
        this.meters = meters;
        this.clock = clock;
    }

    /** Shows how busy the lanes of its resources are, each from its first branch on. */
    void lanesOf(EventSource source) {
        reached.add(source);
    }

    private void showLane(String resource) {
        boolean isReached = reached.stream().anyMatch(source -> source.lanes().containsKey(resource));
        if (isReached && shown.size() < Meters.VALUES_MAX && shown.add(resource)) {
            meters.gauge(Metric.LANE_RUNNING, () -> inLanes(resource, Lane::running), resource);
            meters.gauge(Metric.LANE_WAITING, () -> inLanes(resource, Lane::waiting), resource);
        }
    }

    private int inLanes(String resource, ToIntFunction<Lane> calls) {
        return reached.stream()
                .map(source -> Optional.ofNullable(source.lanes().get(resource)))
                .flatMap(Optional::stream)
                .mapToInt(calls)
                .sum();
    }

    @Override
    public void heard(Told told) {
        told.event().accept(this);
    }

    @Override
    public void missed(long events) {
        meters.count(Metric.EVENTS_MISSED, (double) events);
    }

    /** As Micrometer writes values of tags. */
    private static String lower(Enum<?> value) {
        return value.name().toLowerCase(Locale.ROOT);
    }

    @Override
    public void transaction(TransactionEvent event) {
        event.accept(new TransactionMeters());
    }

    @Override
    public void branch(BranchEvent event) {
        event.accept(new BranchMeters());
    }

    /** Not asked for. */
    @Override
    public void step(StepEvent event) {}

    @Override
    public void recovery(RecoveryEvent event) {
        event.accept(new RecoveryMeters());
    }

    @Override
    public void shard(ShardEvent event) {
        event.accept(new ShardEvent.Handler() {
            @Override
            public void taken(ShardEvent.Taken taken) {
                meters.count(Metric.SHARD_CHANGES, 1, "taken");
            }

            @Override
            public void given(ShardEvent.Given given) {
                meters.count(Metric.SHARD_CHANGES, 1, "given");
            }
        });
    }

    @Override
    public void member(MemberEvent event) {
        event.accept(new MemberMeters());
    }

    @Override
    public void session(SessionEvent event) {
        event.accept(new SessionEvent.Handler() {
            @Override
            public void opened(SessionEvent.Opened opened) {
                meters.count(Metric.STORE_SESSIONS_OPENED, 1);
            }

            @Override
            public void ended(SessionEvent.Ended ended) {
                meters.count(Metric.STORE_SESSIONS_ENDED, 1);
            }
        });
    }

    @Override
    public void outbox(OutboxEvent event) {
        event.accept(new OutboxMeters());
    }

    private final class TransactionMeters implements TransactionEvent.Handler {
        @Override
        public void begun(TransactionEvent.Begun event) {
            meters.count(Metric.TX_BEGUN, 1);
        }

        @Override
        public void ending(TransactionEvent.Ending event) {
            // Its phases are measured when they are over.
        }

        @Override
        public void prepared(TransactionEvent.Prepared event) {
            meters.time(Metric.TX_PREPARE, event.nanos());
        }

        @Override
        public void decided(TransactionEvent.Decided event) {
            meters.time(Metric.TX_DECISION, event.nanos(), lower(event.decision()));
        }

        @Override
        public void answered(TransactionEvent.Answered event) {
            meters.time(Metric.TX_ANSWER, event.nanos(), lower(event.outcome()));
        }

        @Override
        public void ended(TransactionEvent.Ended event) {
            meters.time(Metric.TX_DURATION, event.nanos(), lower(event.outcome()));
            meters.time(Metric.TX_PHASE_TWO, event.phaseTwoNanos(), lower(event.outcome()));
        }
    }

    private final class BranchMeters implements BranchEvent.Handler {
        @Override
        public void enlisted(BranchEvent.Enlisted event) {
            showLane(event.resource()); // the branch itself counts once it has voted or ended
        }

        @Override
        public void voted(BranchEvent.Voted event) {
            meters.time(Metric.BRANCH_PREPARE, event.nanos(), event.resource(), lower(event.vote()));
        }

        @Override
        public void ended(BranchEvent.Ended event) {
            meters.time(Metric.BRANCH_END, event.nanos(), event.resource(), lower(event.end()));
        }

        @Override
        public void retried(BranchEvent.Retried event) {
            meters.count(Metric.BRANCH_RETRIES, 1, event.resource());
        }

        @Override
        public void heuristic(BranchEvent.Heuristic event) {
            meters.count(Metric.BRANCH_HEURISTICS, 1, event.resource(), lower(event.hazard()));
        }
    }

    private final class RecoveryMeters implements RecoveryEvent.Handler {
        @Override
        public void passed(RecoveryEvent.Passed event) {
            meters.time(Metric.RECOVERY_PASS, event.nanos(), event.resource());
            if (passes.size() < Meters.VALUES_MAX || passes.containsKey(event.resource())) {
                passes.put(event.resource(), new Seen(event, clock.epochMillis()));
                meters.gauge(Metric.RECOVERY_IN_DOUBT, () -> inDoubt(event.resource()), event.resource());
                meters.gauge(Metric.RECOVERY_OVERDUE, () -> overdueSeconds(event.resource()), event.resource());
            }
        }

        @Override
        public void branchEnded(RecoveryEvent.BranchEnded event) {
            meters.count(
                    Metric.RECOVERY_BRANCHES, 1, event.resource(), event.committed() ? "committed" : "rolled_back");
        }

        @Override
        public void leftAlone(RecoveryEvent.LeftAlone event) {
            meters.count(Metric.RECOVERY_LEFT_ALONE, 1, event.resource());
        }

        @Override
        public void failed(RecoveryEvent.Failed event) {
            meters.count(Metric.RECOVERY_FAILURES, 1, event.what());
            passes.computeIfPresent(event.what(), (what, seen) -> new Seen(seen.pass(), clock.epochMillis()));
        }

        @Override
        public void fenced(RecoveryEvent.Fenced event) {
            meters.count(Metric.RECOVERY_FENCED, 1);
        }
    }

    private double inDoubt(String resource) {
        Seen last = passes.get(resource);
        return last == null || isUnseen(last)
                ? 0
                : last.pass().inDoubt() - last.pass().ended();
    }

    private boolean isUnseen(Seen last) {
        return clock.epochMillis() - last.lookedEpochMillis() > UNSEEN_MILLIS_MAX;
    }

    private double overdueSeconds(String resource) {
        Seen last = passes.get(resource);
        if (last == null || isUnseen(last)) {
            return 0;
        }
        RecoveryEvent.Passed pass = last.pass();
        if (pass.oldestDeadlineEpochMillis() == 0 || pass.ended() == pass.inDoubt()) {
            return 0;
        }
        return Math.max(0, clock.epochMillis() - pass.oldestDeadlineEpochMillis()) / 1_000.0;
    }

    private final class MemberMeters implements MemberEvent.Handler {
        @Override
        public void looking(MemberEvent.Looking event) {
            meters.count(Metric.STORE_ELECTIONS, 1);
        }

        @Override
        public void serving(MemberEvent.Serving event) {
            if (event.lookingNanos() > 0) {
                meters.time(Metric.STORE_ELECTION, event.lookingNanos());
            }
        }

        @Override
        public void synced(MemberEvent.Synced event) {
            meters.time(Metric.STORE_SYNC, event.nanos());
        }

        @Override
        public void stopped(MemberEvent.Stopped event) {
            // The process ends with it, or says so itself.
        }
    }

    private final class OutboxMeters implements OutboxEvent.Handler {
        @Override
        public void taken(OutboxEvent.Taken event) {
            // A gauge tells how many there are.
        }

        @Override
        public void given(OutboxEvent.Given event) {
            // As above.
        }

        @Override
        public void sent(OutboxEvent.Sent event) {
            // Counted with all that was published.
        }

        @Override
        public void published(OutboxEvent.Published event) {
            meters.count(Metric.OUTBOX_PUBLISHED, event.rows(), event.relay());
        }

        @Override
        public void refused(OutboxEvent.Refused event) {
            meters.count(Metric.OUTBOX_REFUSED, 1, event.relay(), lower(event.next()));
        }

        @Override
        public void parked(OutboxEvent.Parked event) {
            meters.count(Metric.OUTBOX_PARKED, event.keys(), event.relay());
        }

        @Override
        public void released(OutboxEvent.Released event) {
            // How many wait now is in the table.
        }

        @Override
        public void stalled(OutboxEvent.Stalled event) {
            meters.count(Metric.OUTBOX_STALLS, 1, event.relay());
        }

        @Override
        public void resumed(OutboxEvent.Resumed event) {
            // A stall is counted when it begins.
        }
    }
}
