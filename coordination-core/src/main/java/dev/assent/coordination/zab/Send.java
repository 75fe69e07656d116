package dev.assent.coordination.zab;

import dev.assent.coordination.model.ServerId;

/** A message for the link of that generation; dropped if that link is gone. */
public record Send(ServerId to, long generation, PeerMessage message) {}
