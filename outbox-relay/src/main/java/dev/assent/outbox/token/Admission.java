package dev.assent.outbox.token;

/** How a request with an idempotency token is to be treated. */
public sealed interface Admission {
    /** Nobody has asked this before: do the work, then {@link Requests#answer} in the same transaction. */
    record First() implements Admission {}

    /** It has been done: give this answer, do nothing. */
    record Repeated(StoredResponse response) implements Admission {}

    /** The token was used for a request with other contents: refuse it (HTTP 422). */
    record Misused() implements Admission {}
}
