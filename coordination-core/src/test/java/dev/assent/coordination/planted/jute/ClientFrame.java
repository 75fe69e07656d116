package dev.assent.coordination.planted.jute;

/** As a client sent it. */
public record ClientFrame(int xid) {}
