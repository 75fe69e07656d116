package dev.assent.event;

import dev.assent.trace.Tracing;

/** Hears of events, one call at a time, on a thread of its own that it may hold up as long as it likes. */
public interface EventListener {

    /** It is told in the order in which the stream heard of them. */
    void heard(Told told);

    /** So many events were lost just before the next one, because this listener was too slow. */
    void missed(long events);

    /** Whether it is told of {@link StepEvent}s too, of which there are as many as of all others. Asked once. */
    default boolean wantsSteps() {
        return false;
    }

    /** What makes spans, if this listener does: asked by whoever tells, on his thread. Asked for once. */
    default Tracing tracing() {
        return Tracing.NONE;
    }
}
