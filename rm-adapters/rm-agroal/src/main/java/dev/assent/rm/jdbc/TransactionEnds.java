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

    /**
     * The text in lower case; and once more without what looks like comments, if there is any: they may stand between two
     * words, or, inside of a literal, hide the words between two of them.
     */
    private static String words(String sql) {
        String text = sql.toLowerCase(Locale.ROOT);
        return text.contains("/*") || text.contains("--") ? text + '\n' + withoutComments(text) : text;
    }

    /** Those in each other too, as PostgreSQL has them. */
    private static String withoutComments(String text) {
        StringBuilder rest = new StringBuilder(text.length());
        int depth = 0;
        int at = 0;
        while (at < text.length()) {
            if (text.startsWith("/*", at)) {
                depth++;
                at += 2;
            } else if (depth > 0 && text.startsWith("*/", at)) {
                depth--;
                at += 2;
                rest.append(' ');
            } else if (depth == 0 && text.startsWith("--", at)) {
                int end = text.indexOf('\n', at);
                at = end < 0 ? text.length() : end;
            } else {
                if (depth == 0) {
                    rest.append(text.charAt(at));
                }
                at++;
            }
        }
        return rest.toString();
    }

    /** Whether the statement may end a transaction and begin another one, so that the state looks unchanged. */
    static boolean mayHide(String sql) {
        String text = words(sql);
        return BEGINS.matcher(text).find()
                && (COMMITS.matcher(text).find() || ROLLS_BACK.matcher(text).find());
    }

    /** Whether the statement may end a transaction at all. */
    static boolean mayEnd(String sql) {
        String text = words(sql);
        return COMMITS.matcher(text).find() || ROLLS_BACK.matcher(text).find();
    }

    /** Whether the work before is committed, if the statement ended its transaction and did not fail. */
    static boolean commits(String sql) {
        String text = words(sql);
        return COMMITS.matcher(text).find() && !ROLLS_BACK.matcher(text).find();
    }

    /** Whether the work before is rolled back, if the statement ended its transaction. */
    static boolean rollsBack(String sql) {
        String text = words(sql);
        return ROLLS_BACK.matcher(text).find() && !COMMITS.matcher(text).find();
    }

    /** Whether it is a commit alone, so that its failure means that nothing was committed. */
    static boolean isCommitAlone(String sql) {
        return NOTHING_BUT_COMMIT.matcher(sql.toLowerCase(Locale.ROOT)).matches();
    }
}
