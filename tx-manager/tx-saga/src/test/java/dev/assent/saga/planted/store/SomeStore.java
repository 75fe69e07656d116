package dev.assent.saga.planted.store;

/** A shell. */
public interface SomeStore {}
