package dev.assent.admin.view;

import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** One that this process coordinated. */
public record Transaction(
        String transaction,
        Optional<String> token,
        Optional<String> protocol,
        Optional<Integer> shard,
        State state,
        Optional<String> outcome,
        Instant begunAt,
        Optional<Instant> deadline,
        Optional<Instant> endedAt,
        Instant lastChangeAt,
        List<Branch> branches) {
    public Transaction {
        branches = List.copyOf(branches);
    }

    /** How far it has come. */
    public enum State {
        /** It may be given branches. */
        ACTIVE,
        /** Its branches vote. */
        PREPARING,
        /** Its decision is being written. */
        DECIDING,
        /** It is decided, or rolled back; its branches are told. */
        COMMITTING,
        ENDED
    }
}
