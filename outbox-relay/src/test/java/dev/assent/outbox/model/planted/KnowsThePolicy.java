package dev.assent.outbox.model.planted;

import dev.assent.outbox.policy.BatchPlanner;

/** Breaks the layers: what is handled must not know how. */
record KnowsThePolicy(BatchPlanner planner) {}
