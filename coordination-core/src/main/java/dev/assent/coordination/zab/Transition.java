package dev.assent.coordination.zab;

import dev.assent.coordination.election.Vote;
import dev.assent.coordination.model.ServerId;

/** A change of role that a role asks for; {@link ZabPeer} alone makes it. */
sealed interface Transition {

    /** Why, for the operator. */
    String reason();

    /** No leader, or none that can be followed. */
    record ToLooking(String reason) implements Transition {}

    /** Elected, in that round of the election, with that vote. */
    record ToLeading(String reason, long round, Vote vote) implements Transition {}

    /**
     * Someone else leads, or is about to.
     *
     * @param round of the election that decided so
     * @param leads whether the leader itself has said that it leads
     */
    record ToFollowing(String reason, ServerId leader, long round, boolean leads) implements Transition {}
}
