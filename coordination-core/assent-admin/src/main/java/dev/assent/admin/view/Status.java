package dev.assent.admin.view;

import java.time.Instant;
import java.util.Optional;

/** What a process is, and how it is. */
public record Status(
        String kind,
        String name,
        String version,
        long pid,
        Instant startedAt,
        Instant now,
        boolean ready,
        Optional<String> obstacle,
        Optional<NodeStatus> node,
        Optional<ServerStatus> server,
        Optional<RelayStatus> relay) {}
