package dev.assent.store.audit;

import java.io.IOException;
import java.util.List;

/** What operators did by hand, and why. Thread-safe. */
public interface AuditLog {
    /** Characters of a reason, of a result, and of a subject. */
    int CHARS_MAX = 500;

    /**
     * One act. Texts are one line each, cut at {@link #CHARS_MAX}.
     *
     * @param operator who, as far as his machine tells
     * @param action the command
     * @param subject what it was about
     * @param reason as the operator gave it
     * @param result {@link #INTENDED} before the act, and what came of it afterwards
     */
    record Entry(long epochMillis, String operator, String action, String subject, String reason, String result) {
        /** The result of an entry that was written before its act. */
        public static final String INTENDED = "intended";
    }

    /** Durable when it returns; to be called before the act, so that none is without a trace, and again after it. */
    void keep(Entry entry) throws IOException;

    /** The latest, oldest of them first. Entries that cannot be read are left out. */
    List<Entry> latest(int count) throws IOException;
}
