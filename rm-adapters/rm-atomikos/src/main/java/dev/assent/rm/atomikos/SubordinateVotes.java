package dev.assent.rm.atomikos;

import dev.assent.store.Deadline;
import dev.assent.tx.model.BranchId;
import dev.assent.tx.model.Completion;
import dev.assent.tx.model.Decision;
import dev.assent.tx.model.ResourceIdentity;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.function.BooleanSupplier;

/**
 * The votes of one log that wait for Assent transactions: which there are, and how they end without the coordinator that
 * voted. Blocks for the store and for resources, each within its bound. Thread-safe.
 */
final class SubordinateVotes {
    private static final Duration STORE_TIMEOUT = Duration.ofSeconds(10);

    /** Unreadable votes that a message names; the log has named each. */
    private static final int UNREADABLE_NAMED_MAX = 10;

    private final LogSettings settings;
    private final ZnodeLog store;
    private final KnownDecisions table;
    private final RecoveryPass recovery;
    private final SortedSet<String> unreadable;
    private final BooleanSupplier closed;

    /** @param unreadable transactions whose votes cannot be read: any branch may be one of theirs */
    SubordinateVotes(
            LogSettings settings,
            ZnodeLog store,
            KnownDecisions table,
            RecoveryPass recovery,
            Set<String> unreadable,
            BooleanSupplier closed) {
        this.settings = settings;
        this.store = store;
        this.table = table;
        this.recovery = recovery;
        this.unreadable = new TreeSet<>(unreadable);
        this.closed = closed;
    }

    /** Which log this is: no other process can answer for it. */
    ResourceIdentity identity() {
        return new ResourceIdentity("atomikos " + settings.tmUniqueName() + " in log " + settings.logName());
    }

    String tmUniqueName() {
        return settings.tmUniqueName();
    }

    /**
     * All branches that have voted yes and not ended.
     *
     * @throws IOException this process cannot tell: a vote cannot be read, another process owns the log now, or the
     *     store does not answer
     */
    List<BranchId> inDoubt() throws IOException {
        List<BranchId> found = table.subordinates();
        // Only then is the list whole: a successor's votes would be missing from it, and a branch that is missing from
        // a scan counts as ended.
        confirmWhole();
        return found;
    }

    /** The end of a branch that no vote here names, and that never worked here. */
    Completion notVoted() {
        try {
            confirmWhole();
            return new Completion.NotKnown();
        } catch (IOException cannotTell) {
            return new Completion.Unsent(String.valueOf(cannotTell.getMessage()));
        }
    }

    private void confirmWhole() throws IOException {
        Optional<String> unclear = whyUnclear();
        if (unclear.isPresent()) {
            throw new IOException(unclear.get());
        }
        if (closed.getAsBoolean()) {
            throw new IOException("the recovery log is closed: Atomikos is shut down in this process");
        }
        if (!store.isConfirmedOwner(Deadline.in(STORE_TIMEOUT))) {
            throw new IOException(store.isOwner() ? "the store of the recovery log does not answer" : store.notOwner());
        }
    }

    /** Why a branch that no vote here names may be in doubt all the same; empty if it is not. */
    private Optional<String> whyUnclear() {
        if (unreadable.isEmpty()) {
            return Optional.empty();
        }
        List<String> named = unreadable.stream().limit(UNREADABLE_NAMED_MAX).toList();
        return Optional.of("votes in the recovery log cannot be read, so nobody knows what else is in doubt: those of "
                + named + (named.size() < unreadable.size() ? " and others" : "")
                + "; the log of this program names the remedy of each");
    }

    boolean isVoted(BranchId branch) {
        return table.subordinate(branch).isPresent();
    }

    /** Its coordinator has ended every branch in every resource, as told. */
    void ended(BranchId branch) {
        table.subordinate(branch).ifPresent(table::endedWithThoseBelow);
    }

    /** What may still turn out prepared of a transaction that never voted is rolled back by the next pass. */
    void abortUnvoted(String coordinatorId) {
        boolean unused = table.claimAbort(coordinatorId);
    }

    /** Ends what the resources hold of the branch, by a pass of recovery. */
    Completion end(BranchId branch, Decision decision) {
        Optional<String> vote = table.subordinate(branch);
        if (vote.isEmpty()) {
            return new Completion.NotKnown();
        }
        table.tell(vote.get(), decision);
        return afterPass(vote.get());
    }

    /** Lets the resources forget what they have done by themselves. */
    Completion forget(BranchId branch) {
        Optional<String> vote = table.subordinate(branch);
        if (vote.isEmpty()) {
            return new Completion.Done();
        }
        table.mayForget(vote.get());
        return table.told(vote.get()).isPresent() ? afterPass(vote.get()) : new Completion.Done();
    }

    private Completion afterPass(String vote) {
        if (closed.getAsBoolean()) {
            return new Completion.Unsent("the recovery log is closed: Atomikos is shut down in this process");
        }
        if (!recovery.runFor(vote)) {
            return new Completion.Unsent(
                    store.isOwner() ? "the store of the recovery log does not answer" : store.notOwner());
        }
        Optional<Told> left = table.told(vote);
        if (left.isEmpty()) {
            return new Completion.Done(); // it is over, and what it was told went with it
        }
        Told told = left.get();
        if (told.alone().isPresent()) {
            return new Completion.Heuristic(
                    told.alone().get(), "resources of Atomikos transaction " + vote + " decided by themselves");
        }
        return new Completion.Retry("Atomikos transaction " + vote + " has branches left"
                + (told.missing().isEmpty()
                        ? ""
                        : "; these resources do not answer, or are not registered with Atomikos: " + told.missing())
                + whyUnclear().map(unclear -> "; " + unclear).orElse(""));
    }
}
