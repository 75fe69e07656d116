package dev.assent.house.planted;

/** A family of messages with a handler of another shape. */
public sealed interface Forgetful {
    /** A message. */
    record Told() implements Forgetful {}

    /** Another one. */
    record Forgotten() implements Forgetful {}

    /** Has no method for one of them, and a method that takes more than the other. */
    interface Handler {
        /** Both at once. */
        void both(Told message, int more);
    }
}
