package dev.assent.rm.xa;

import java.util.HashSet;
import java.util.Set;

/**
 * Statements of which one database was seen to give a transaction an id, which it does not for all that count as changed
 * rows: those of foreign tables, or of views with triggers, may be elsewhere. Only a saving: a branch that is believed to
 * have an id for them and has none is refused by the database. Thread-safe.
 */
final class WritingStatements {
    /** Texts kept; of more, each branch is asked. */
    static final int TEXTS_MAX = 1_000;

    static final int CHARS_MAX = 2_000;

    private final Set<String> known = new HashSet<>();
    /** Seen without an id: believed no more, whatever they are seen with later. */
    private final Set<String> refuted = new HashSet<>();

    /** Whether a transaction that ran them has an id. */
    synchronized boolean tellAnId(Set<String> statements) {
        return statements.stream().anyMatch(known::contains);
    }

    /** A transaction that ran them has an id. */
    synchronized void seenWithId(Set<String> statements) {
        for (String statement : statements) {
            if (known.size() < TEXTS_MAX && mayBeBelieved(statement)) {
                known.add(statement);
            }
        }
    }

    /** Nothing new is, once no more of what was refuted can be kept: it would be refused again and again. */
    private boolean mayBeBelieved(String statement) {
        return statement.length() <= CHARS_MAX && refuted.size() < TEXTS_MAX && !refuted.contains(statement);
    }

    /** They were believed, and their transaction was refused. Longer ones are never believed. */
    synchronized void refuted(Set<String> statements) {
        known.removeAll(statements);
        for (String statement : statements) {
            if (refuted.size() < TEXTS_MAX && statement.length() <= CHARS_MAX) {
                refuted.add(statement);
            }
        }
    }
}
