package dev.assent.rm.xa.quirk;

import dev.assent.tx.model.Decision;
import java.sql.SQLException;

/** What all tables of decisions have in common, whatever the database: their name, and one letter for what a row says. */
public final class DecisionLetters {
    public static final String TABLE = "assent_decision";
    public static final String COMMIT = "C";
    public static final String ABORT = "A";

    /** Of the row that keeps, as its deadline, the latest one of any COMMIT that was deleted. */
    public static final String DELETED = "D";

    private DecisionLetters() {}

    /** What a row decides. */
    public static Decision decision(String letter) throws SQLException {
        return switch (letter) {
            case COMMIT -> Decision.COMMIT;
            case ABORT -> Decision.ABORT;
            default ->
                throw new SQLException(
                        "a row of " + TABLE + " holds the decision '" + letter + "', which this version does not know");
        };
    }
}
