package dev.assent.admin.view;

import java.util.Optional;

/**
 * One of them; its payload is not shown.
 *
 * @param number what {@code replay} wants
 * @param replayedAs its number in the outbox, once it was appended again
 */
public record DeadLetter(
        long number, String key, String topic, String event, int failures, String reason, Optional<Long> replayedAs) {}
