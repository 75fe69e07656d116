package dev.assent.tx.coordinator;

import dev.assent.event.TransactionEvent;
import dev.assent.tx.model.Completion;
import dev.assent.tx.model.GlobalTxId;
import dev.assent.tx.model.Outcome;
import dev.assent.tx.model.Vote;
import dev.assent.tx.protocol.Message;
import java.util.List;
import java.util.Map;

/**
 * What is told of one transaction to whoever listens to events: nothing, unless somebody listened when it began. The
 * methods come on any thread, and none of them blocks. {@code place} is that of a branch among those enlisted, from 0.
 */
interface TransactionNews {
    /** Of whom nobody wants to hear. */
    TransactionNews SILENT = new TransactionNews() {};

    /** Its name does not change any more; what comes a second time is not told again. */
    default void named(GlobalTxId id) {}

    /** The traceparent of its span, once it is named; empty if it has none. */
    default String trace() {
        return "";
    }

    /** Whether it has a span once it is named. */
    default boolean isTraced() {
        return false;
    }

    default void enlisted(Branch branch) {}

    /** Its end begins; these are all of its branches. */
    default void ending(boolean commit, int branches) {}

    /**
     * The machine that ends it was made.
     *
     * @param branches in the order of their places
     * @param settings what else it was made of
     */
    default void machine(String machine, List<Branch> branches, Map<String, String> settings) {}

    /** The machine's next step, before its commands are carried out. */
    default void stepped(Message<?> input, List<? extends Message<?>> commands) {}

    default void prepareAsked(int place) {}

    default void voted(Branch branch, int place, Vote vote) {}

    /** COMMIT is being decided; what comes a second time is not told again. */
    default void decisionAsked() {}

    default void decided(TransactionEvent.Decision decision) {}

    /** A branch is told to end, perhaps once more. */
    default void endAsked(int place) {}

    /** What a branch answered to that. */
    default void answered(Branch branch, int place, boolean commit, Completion completion) {}

    default void callerTold(Outcome outcome) {}

    default void learned(Outcome outcome) {}

    default void finished() {}
}
