package dev.assent.coordination.jute;

/**
 * One decoded request.
 *
 * @param xid the client's number for it, or a {@link SpecialXid}
 */
public record RequestFrame(int xid, Request request) {}
