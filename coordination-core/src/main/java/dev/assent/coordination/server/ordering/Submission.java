package dev.assent.coordination.server.ordering;

/**
 * An order on its way from a client.
 *
 * @param ticket what the client recognises the reply by
 * @param bytes what the client sent for it
 */
public record Submission(Client client, Object ticket, Order order, int bytes) {}
