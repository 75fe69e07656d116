package dev.assent.store;

/** A znode as it was read; without data it has an empty array. */
@SuppressWarnings("ArrayRecordComponent") // a carrier for one reply, never compared
public record Node(byte[] data, NodeStat stat) {}
