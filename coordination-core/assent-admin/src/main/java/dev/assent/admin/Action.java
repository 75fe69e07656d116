package dev.assent.admin;

import dev.assent.admin.view.ItemResult;
import java.io.IOException;
import java.util.Optional;

/** What an operator can have a process do, an item at a time. May be called by several threads at a time. */
public interface Action {
    /**
     * Does it about {@code item}, or says what it would do. An entry about it is in the audit log before anything is changed.
     *
     * @param item as the operator names it
     * @throws IllegalArgumentException it names nothing; nothing was changed
     * @throws IOException what is needed for it does not answer; the message says what
     */
    ItemResult act(Order order, String item) throws IOException;

    /**
     * An order.
     *
     * @param operator who gave it, for the audit log
     * @param reason why; empty only for a dry run
     * @param dryRun whether it is only to be said what would be done
     * @param decision what the operator expects to be decided: with anything else nothing is to be done
     */
    record Order(String operator, String reason, boolean dryRun, Optional<String> decision) {}
}
