package dev.assent.rm.xa.quirk;

import java.sql.SQLException;

/** What standard SQLSTATEs say of a commit that failed, whatever the database. */
public final class CommitRefusals {
    private static final String ROLLED_BACK_CLASS = "40";
    private static final String CONSTRAINT_VIOLATION_CLASS = "23";
    /** Of class 40, and yet no answer: "statement completion unknown". */
    private static final String COMPLETION_UNKNOWN = "40003";

    private CommitRefusals() {}

    /** Whether the database says that it has rolled back; else the commit may have been carried out. */
    public static boolean isRolledBack(SQLException failure) {
        String state = String.valueOf(failure.getSQLState());
        return isViolation(failure) || (state.startsWith(ROLLED_BACK_CLASS) && !state.equals(COMPLETION_UNKNOWN));
    }

    /** Whether a constraint stands against it, such as that of a key. */
    static boolean isViolation(SQLException failure) {
        return String.valueOf(failure.getSQLState()).startsWith(CONSTRAINT_VIOLATION_CLASS);
    }
}
