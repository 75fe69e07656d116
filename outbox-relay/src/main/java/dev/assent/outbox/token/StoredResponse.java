package dev.assent.outbox.token;

import dev.assent.outbox.model.Body;

/** The answer of a request, kept for those who ask again; {@code status} is an HTTP status or the like. */
public record StoredResponse(int status, String contentType, Body body) {}
