package dev.assent.traces;

import dev.assent.event.BranchEvent;
import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.api.trace.Tracer;
import io.opentelemetry.context.Context;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/**
 * The spans of one transaction in this process: its own, if it was begun here, and one of each branch until that has ended.
 * Times are the events', so that nothing depends on how late a listener hears. Thread-safe.
 */
final class OpenTransaction {
    private static final AttributeKey<String> OUTCOME = AttributeKey.stringKey("assent.transaction.outcome");
    private static final AttributeKey<String> RESOURCE = AttributeKey.stringKey("assent.resource");
    private static final AttributeKey<Long> BRANCH = AttributeKey.longKey("assent.branch");
    private static final AttributeKey<String> CAUSE = AttributeKey.stringKey("assent.cause");

    private final Tracer tracer;
    private final Context place;
    private final Optional<Span> own;
    private final Map<Integer, Span> branches = new HashMap<>();

    /** @param own the transaction's span, which {@code place} is within */
    OpenTransaction(Tracer tracer, Context place, Optional<Span> own) {
        this.tracer = tracer;
        this.place = place;
        this.own = own;
    }

    boolean isBegunHere() {
        return own.isPresent();
    }

    synchronized boolean hasBranches() {
        return !branches.isEmpty();
    }

    synchronized void enlisted(BranchEvent.Enlisted event, long atMillis) {
        branches.put(
                event.branch(),
                tracer.spanBuilder("branch " + event.resource())
                        .setParent(
                                own.isPresent()
                                        ? place
                                        : event.trace().map(Spans::below).orElse(place))
                        .setStartTimestamp(atMillis, TimeUnit.MILLISECONDS)
                        .setAttribute(Spans.TRANSACTION, event.transaction())
                        .setAttribute(RESOURCE, event.resource())
                        .setAttribute(BRANCH, event.branch())
                        .startSpan());
    }

    /** A part of the transaction's life, which has ended. */
    void phase(String name, long atMillis, long nanos, Attributes attributes) {
        done(name, place, atMillis, nanos, attributes);
    }

    private void done(String name, Context below, long atMillis, long nanos, Attributes attributes) {
        long endNanos = TimeUnit.MILLISECONDS.toNanos(atMillis);
        tracer.spanBuilder(name)
                .setParent(below)
                .setStartTimestamp(endNanos - nanos, TimeUnit.NANOSECONDS)
                .setAllAttributes(attributes)
                .startSpan()
                .end(endNanos, TimeUnit.NANOSECONDS);
    }

    /** The same in a branch's life. */
    synchronized void branchPhase(int branch, String name, long atMillis, long nanos, Attributes attributes) {
        Span span = branches.get(branch);
        if (span != null) {
            done(name, span.storeInContext(Context.root()), atMillis, nanos, attributes);
        }
    }

    synchronized void branchNote(int branch, String what, String cause, long atMillis) {
        Span span = branches.get(branch);
        if (span != null) {
            span.addEvent(what, Attributes.of(CAUSE, cause), atMillis, TimeUnit.MILLISECONDS);
        }
    }

    synchronized void branchFailed(int branch, String kind, String cause) {
        Span span = branches.get(branch);
        if (span != null) {
            span.setStatus(StatusCode.ERROR, cause).setAttribute(Spans.ERROR_TYPE, kind);
        }
    }

    synchronized void branchEnded(int branch, long atMillis) {
        Span span = branches.remove(branch);
        if (span != null) {
            span.end(atMillis, TimeUnit.MILLISECONDS);
        }
    }

    /** What is still open ends with it. */
    synchronized void end(String outcome, long atMillis) {
        branches.values().forEach(span -> span.end(atMillis, TimeUnit.MILLISECONDS));
        branches.clear();
        own.ifPresent(span -> {
            span.setAttribute(OUTCOME, outcome.toLowerCase(Locale.ROOT));
            span.end(atMillis, TimeUnit.MILLISECONDS);
        });
    }

    /** The transaction did not end as its caller wanted, or nobody knows. */
    void failed(String kind) {
        own.ifPresent(span -> span.setStatus(StatusCode.ERROR, kind).setAttribute(Spans.ERROR_TYPE, kind));
    }
}
