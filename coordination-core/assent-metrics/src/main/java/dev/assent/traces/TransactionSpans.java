package dev.assent.traces;

import dev.assent.event.BranchEvent;
import dev.assent.event.Event;
import dev.assent.event.EventListener;
import dev.assent.event.MemberEvent;
import dev.assent.event.OutboxEvent;
import dev.assent.event.RecoveryEvent;
import dev.assent.event.SessionEvent;
import dev.assent.event.ShardEvent;
import dev.assent.event.StepEvent;
import dev.assent.event.Told;
import dev.assent.event.TransactionEvent;
import dev.assent.trace.Tracing;
import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.trace.SpanKind;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/** Makes spans of the events of one stream. */
final class TransactionSpans implements EventListener {
    private static final AttributeKey<String> VOTE = AttributeKey.stringKey("assent.branch.vote");
    private static final AttributeKey<String> END = AttributeKey.stringKey("assent.branch.end");
    private static final AttributeKey<String> DECISION = AttributeKey.stringKey("assent.transaction.decision");

    private final Spans spans;

    TransactionSpans(Spans spans) {
        this.spans = spans;
    }

    @Override
    public Tracing tracing() {
        return spans;
    }

    @Override
    public void heard(Told told) {
        told.event().accept(new Families(told.epochMillis()));
    }

    /** A span whose end was missed ends with its transaction, or when there are too many. */
    @Override
    public void missed(long events) {}

    private static String lower(Enum<?> word) {
        return word.name().toLowerCase(Locale.ROOT);
    }

    private final class Families implements Event.Handler {
        private final long atMillis;

        Families(long atMillis) {
            this.atMillis = atMillis;
        }

        @Override
        public void transaction(TransactionEvent event) {
            spans.find(event.transaction()).ifPresent(open -> event.accept(new OfTransaction(open, atMillis)));
        }

        @Override
        public void branch(BranchEvent event) {
            event.accept(new OfBranch(atMillis));
        }

        @Override
        public void outbox(OutboxEvent event) {
            if (event instanceof OutboxEvent.Sent sent) {
                sent(sent, atMillis);
            }
        }

        // These belong to no trace.

        @Override
        public void step(StepEvent event) {}

        @Override
        public void recovery(RecoveryEvent event) {}

        @Override
        public void shard(ShardEvent event) {}

        @Override
        public void member(MemberEvent event) {}

        @Override
        public void session(SessionEvent event) {}
    }

    private void sent(OutboxEvent.Sent event, long atMillis) {
        long endNanos = TimeUnit.MILLISECONDS.toNanos(atMillis);
        spans.tracer()
                .spanBuilder("send " + event.topic())
                .setSpanKind(SpanKind.PRODUCER)
                .setParent(Spans.below(event.trace()))
                .setStartTimestamp(endNanos - event.nanos(), TimeUnit.NANOSECONDS)
                .setAttribute("messaging.system", "kafka")
                .setAttribute("messaging.operation.name", "send")
                .setAttribute("messaging.operation.type", "send")
                .setAttribute("messaging.destination.name", event.topic())
                .setAttribute("messaging.kafka.message.key", event.key())
                .setAttribute("messaging.message.id", event.id())
                .startSpan()
                .end(endNanos, TimeUnit.NANOSECONDS);
    }

    private final class OfTransaction implements TransactionEvent.Handler {
        private final OpenTransaction open;
        private final long atMillis;

        OfTransaction(OpenTransaction open, long atMillis) {
            this.open = open;
            this.atMillis = atMillis;
        }

        @Override
        public void begun(TransactionEvent.Begun event) {
            // Its span began on the thread that began the transaction.
        }

        @Override
        public void ending(TransactionEvent.Ending event) {
            // What follows is told with how long it took.
        }

        @Override
        public void prepared(TransactionEvent.Prepared event) {
            open.phase("prepare", atMillis, event.nanos(), Attributes.empty());
        }

        @Override
        public void decided(TransactionEvent.Decided event) {
            open.phase("decide", atMillis, event.nanos(), Attributes.of(DECISION, lower(event.decision())));
        }

        @Override
        public void answered(TransactionEvent.Answered event) {
            // Whoever waited has a span of his own.
        }

        @Override
        public void ended(TransactionEvent.Ended event) {
            String outcome = lower(event.outcome());
            String phase =
                    switch (event.outcome()) {
                        case COMMITTED -> "commit";
                        case ROLLED_BACK, HEURISTIC_ROLLED_BACK -> "rollback";
                        case HEURISTIC_MIXED, HEURISTIC_HAZARD, UNKNOWN -> "end";
                    };
            open.phase(phase, atMillis, event.phaseTwoNanos(), Attributes.empty());
            switch (event.outcome()) {
                case COMMITTED, ROLLED_BACK -> {}
                case HEURISTIC_MIXED, HEURISTIC_ROLLED_BACK, HEURISTIC_HAZARD, UNKNOWN -> open.failed(outcome);
            }
            open.end(outcome, atMillis);
            spans.forget(event.transaction());
        }
    }

    private final class OfBranch implements BranchEvent.Handler {
        private final long atMillis;

        OfBranch(long atMillis) {
            this.atMillis = atMillis;
        }

        private void in(BranchEvent event, Consumer<OpenTransaction> what) {
            spans.find(event.transaction()).ifPresent(what);
        }

        private void over(OpenTransaction open, BranchEvent event) {
            open.branchEnded(event.branch(), atMillis);
            if (!open.isBegunHere() && !open.hasBranches()) {
                spans.forget(event.transaction());
            }
        }

        @Override
        public void enlisted(BranchEvent.Enlisted event) {
            event.trace()
                    .ifPresent(trace -> spans.joined(event.transaction(), trace).enlisted(event, atMillis));
        }

        @Override
        public void voted(BranchEvent.Voted event) {
            in(event, open -> {
                Attributes vote = Attributes.of(VOTE, lower(event.vote()));
                open.branchPhase(event.branch(), "prepare " + event.resource(), atMillis, event.nanos(), vote);
                switch (event.vote()) {
                    case PREPARED, UNCONFIRMED -> {}
                    case READ_ONLY -> over(open, event);
                    case ROLLBACK -> {
                        open.branchFailed(event.branch(), "vote_rollback", event.cause());
                        over(open, event);
                    }
                }
            });
        }

        @Override
        public void ended(BranchEvent.Ended event) {
            in(event, open -> {
                String verb =
                        switch (event.end()) {
                            case COMMITTED -> "commit ";
                            case ROLLED_BACK -> "rollback ";
                            case NOT_KNOWN -> "end ";
                        };
                Attributes end = Attributes.of(END, lower(event.end()));
                open.branchPhase(event.branch(), verb + event.resource(), atMillis, event.nanos(), end);
                over(open, event);
            });
        }

        @Override
        public void retried(BranchEvent.Retried event) {
            in(event, open -> open.branchNote(event.branch(), "told again", event.cause(), atMillis));
        }

        @Override
        public void heuristic(BranchEvent.Heuristic event) {
            in(event, open -> {
                open.branchFailed(event.branch(), "heuristic_" + lower(event.hazard()), event.cause());
                over(open, event);
            });
        }
    }
}
