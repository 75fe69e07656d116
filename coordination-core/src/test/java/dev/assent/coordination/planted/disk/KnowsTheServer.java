package dev.assent.coordination.planted.disk;

import dev.assent.coordination.planted.server.Server;

/** Planted: the disk knows the server. */
public record KnowsTheServer(Server server) {}
