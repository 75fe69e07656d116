package dev.assent.admin.view;

import java.util.List;

/** What came of one item of an order; the lines are for people. */
public record ItemResult(String item, Result result, List<String> lines) {
    public ItemResult {
        lines = List.copyOf(lines);
    }

    /** How it went. */
    public enum Result {
        /** All of it was done. */
        DONE,
        /** Some of it was; the lines say what is left. */
        PARTLY,
        /** There was nothing to do. */
        NOTHING,
        /** A dry run: it would be done. */
        WOULD,
        /** It must not be done, and was not. */
        REFUSED,
        /** It could not be done; the lines say whether something may have happened. */
        FAILED,
        /** It goes on; what is done will stand in the audit log, and its end in the log of the process. */
        UNDER_WAY,
        /** Time was over before it was begun. */
        NOT_BEGUN
    }
}
