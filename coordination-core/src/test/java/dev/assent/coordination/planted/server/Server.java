package dev.assent.coordination.planted.server;

/** Planted: known to whom it must not be. */
public interface Server {}
