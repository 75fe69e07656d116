package dev.assent.tx.store;

import dev.assent.tx.model.Authority;
import java.time.Instant;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * Where a transaction's decision stands, as far as the store shows it. For people: nothing is concluded from it.
 *
 * @param path of the record; empty if there is none
 * @param zxid of the write that made the record; empty if none can be seen. Decisions that were written together share it
 * @param writtenEpochMillis when that was, by the clock of the store's leader; empty with it
 */
public record DecisionSight(Place place, Optional<String> path, OptionalLong zxid, OptionalLong writtenEpochMillis) {
    /** Where to look for it. */
    public enum Place {
        /** Its record is the decision. */
        STORE,
        /** Its acceptors hold it; the record was kept when it was known. */
        COPY_IN_STORE,
        /** There is no record, where it would stand if there were one. */
        NOWHERE,
        /** Its acceptors hold it, and the store has no record. */
        ACCEPTORS,
        /** A database of its own holds it. */
        COMMIT_POINT,
        /** There is a record that may not be read. */
        UNREADABLE
    }

    static DecisionSight found(Authority authority, String path, long zxid, long epochMillis) {
        return new DecisionSight(
                authority.isDecidedInStore() ? Place.STORE : Place.COPY_IN_STORE,
                Optional.of(path),
                OptionalLong.of(zxid),
                OptionalLong.of(epochMillis));
    }

    static DecisionSight none(Authority authority) {
        return without(
                switch (authority) {
                    case EMBEDDED_2PC, SHARD_2PC -> Place.NOWHERE;
                    case PAXOS_3PC -> Place.ACCEPTORS;
                    case COMMIT_POINT -> Place.COMMIT_POINT;
                });
    }

    static DecisionSight unreadable(String path) {
        return new DecisionSight(Place.UNREADABLE, Optional.of(path), OptionalLong.empty(), OptionalLong.empty());
    }

    private static DecisionSight without(Place place) {
        return new DecisionSight(place, Optional.empty(), OptionalLong.empty(), OptionalLong.empty());
    }

    /** In a sentence. */
    public String text() {
        return switch (place) {
            case STORE -> "written under " + written();
            case COPY_IN_STORE -> "chosen by its acceptors; the store's record was written under " + written();
            case NOWHERE -> "no record: not decided, rolled back without one, or ended and its record deleted since";
            case ACCEPTORS -> "chosen by its acceptors, if at all; the store has no record, or none any more";
            case COMMIT_POINT -> "a row in the database that is its commit point, if anywhere; the store has none";
            case UNREADABLE -> "there is a record, which may not be read";
        };
    }

    private String written() {
        return "zxid 0x" + Long.toHexString(zxid.orElseThrow()) + " at "
                + Instant.ofEpochMilli(writtenEpochMillis.orElseThrow());
    }
}
