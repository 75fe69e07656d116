package dev.assent.event;

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
}
