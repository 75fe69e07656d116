package dev.assent.admin.view;

import java.time.Instant;
import java.util.Optional;

/**
 * Where a transaction's decision stands, as far as the store shows it.
 *
 * @param place STORE, COPY_IN_STORE, NOWHERE, ACCEPTORS, COMMIT_POINT or UNREADABLE; absent if the store did not answer
 * @param path of its record, as /api/znodes takes it
 * @param zxid in hexadecimal; absent where no record can be seen
 * @param line for people
 */
public record DecisionSeen(
        Optional<String> place,
        Optional<String> path,
        Optional<String> zxid,
        Optional<Instant> writtenAt,
        String line) {}
