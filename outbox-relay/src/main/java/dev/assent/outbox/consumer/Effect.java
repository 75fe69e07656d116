package dev.assent.outbox.consumer;

/** What a service does about an event; called from the loop's one thread. */
@FunctionalInterface
public interface Effect {
    /**
     * Makes the effect durable, idempotently, before it returns {@link Handling#DONE}.
     *
     * @throws Exception if it failed; it is tried again
     */
    Handling apply(ConsumedEvent event) throws Exception;

    /** How it went. */
    enum Handling {
        /** The effect is durable, or was before: acknowledge. */
        DONE,
        /** What the event is about does not exist yet: try again later. */
        LATER
    }
}
