package dev.assent.coordination.planted.server.ordering;

import dev.assent.coordination.planted.jute.ClientFrame;

/** Planted: who orders changes reads what a client sent. */
record KnowsClientFrames(ClientFrame frame) {}
