package dev.assent.coordination.zab;

import dev.assent.coordination.model.ServerId;

/**
 * How a leader sees one of those who follow it.
 *
 * @param inSync whether its history is the leader's, so that its acknowledgements count
 */
public record LearnerStanding(ServerId id, boolean inSync) {}
