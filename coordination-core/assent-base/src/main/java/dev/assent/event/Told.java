package dev.assent.event;

/**
 * An event and when it was told, by this machine's wall clock, in milliseconds since 1970.
 *
 * @param number of the event among all that the stream told since its first listener came; it only rises
 */
public record Told(long number, long epochMillis, Event event) {}
