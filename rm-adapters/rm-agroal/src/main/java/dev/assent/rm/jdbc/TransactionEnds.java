package dev.assent.rm.jdbc;

import java.util.Locale;
import java.util.regex.Pattern;

/**
 * What the text of a statement says about ending the database's transaction, where the state of the connection has
 * shown that it did, or may have hidden it. Words in literals count too: the text alone is never believed.
 */
final class TransactionEnds {
    private static final Pattern COMMITS = Pattern.compile("\\b(commit|end|prepare\\s+transaction)\\b");
    private static final Pattern ROLLS_BACK =
            Pattern.compile("\\b(abort|rollback(?!\\s+(work\\s+|transaction\\s+)?to\\b))\\b");
    private static final Pattern BEGINS = Pattern.compile("\\b(and\\s+chain|begin|start\\s+transaction)\\b");
    private static final Pattern NOTHING_BUT_COMMIT =
            Pattern.compile("\\s*(commit|end)(\\s+(work|transaction))?\\s*;?\\s*");

    private TransactionEnds() {}

    /** Whether the statement may end a transaction and begin another one, so that the state looks unchanged. */
    static boolean mayHide(String sql) {
        String text = sql.toLowerCase(Locale.ROOT);
        return BEGINS.matcher(text).find()
                && (COMMITS.matcher(text).find() || ROLLS_BACK.matcher(text).find());
    }

    /** Whether the statement may end a transaction at all. */
    static boolean mayEnd(String sql) {
        String text = sql.toLowerCase(Locale.ROOT);
        return COMMITS.matcher(text).find() || ROLLS_BACK.matcher(text).find();
    }

    /** Whether the work before is committed, if the statement ended its transaction and did not fail. */
    static boolean commits(String sql) {
        String text = sql.toLowerCase(Locale.ROOT);
        return COMMITS.matcher(text).find() && !ROLLS_BACK.matcher(text).find();
    }

    /** Whether the work before is rolled back, if the statement ended its transaction. */
    static boolean rollsBack(String sql) {
        String text = sql.toLowerCase(Locale.ROOT);
        return ROLLS_BACK.matcher(text).find() && !COMMITS.matcher(text).find();
    }

    /** Whether it is a commit alone, so that its failure means that nothing was committed. */
    static boolean isCommitAlone(String sql) {
        return NOTHING_BUT_COMMIT.matcher(sql.toLowerCase(Locale.ROOT)).matches();
    }
}
