package dev.assent.tx.planted;

/** Something that the outbox must not know. */
public interface Coordinator {}
