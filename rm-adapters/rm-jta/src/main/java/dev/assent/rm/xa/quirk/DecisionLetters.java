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

    /** What a row decides; without knowing that, nobody ends anything. */
    public static Decision decision(String letter) throws SQLException {
        try {
            return known(letter);
        } catch (IllegalArgumentException odd) {
            throw new SQLException("a row of " + TABLE + " holds " + odd.getMessage(), odd);
        }
    }

    /**
     * The same, for who can do without that row.
     *
     * @throws IllegalArgumentException this version does not know that letter
     */
    public static Decision known(String letter) {
        return switch (letter) {
            case COMMIT -> Decision.COMMIT;
            case ABORT -> Decision.ABORT;
            default ->
                throw new IllegalArgumentException("the decision '" + letter + "', which this version does not know");
        };
    }
}
