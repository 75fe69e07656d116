package dev.assent.coordination.planted.disk;

import dev.assent.coordination.planted.server.ReadsProperties;

/** Planted: the disk knows the server. */
public record KnowsTheServer(ReadsProperties server) {}
