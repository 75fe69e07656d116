package dev.assent.outbox.policy;

/** What happens to a record that the broker has refused as often as the policy allows. */
public enum Exhausted {
    /** Its key waits for an operator to skip or retry it: order is kept at the price of that key's progress. */
    STOP_KEY,
    /** It moves to the dead letters, and its key goes on without it. */
    DEAD_LETTER
}
