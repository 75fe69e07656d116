package dev.assent.rm.testing;

import dev.assent.time.Clock;
import dev.assent.tx.api.GlobalTransaction;
import dev.assent.tx.api.TransactionServiceException;
import dev.assent.tx.model.BranchId;
import dev.assent.tx.model.Completion;
import dev.assent.tx.model.Outcome;
import dev.assent.tx.model.Vote;
import dev.assent.tx.spi.Participant;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** One transaction of {@link MemoryTransactionService}, and the views of it that processes have. */
final class MemoryTransaction {
    private static final int ATTEMPTS_MAX = 20;

    private final byte[] gtrid = UUID.randomUUID().toString().getBytes(StandardCharsets.US_ASCII);
    private final Instant deadline;
    private final Clock clock;
    private final Runnable decision;
    private final Map<BranchId, Participant> branches = new LinkedHashMap<>();
    private final List<Consumer<Outcome>> listeners = new ArrayList<>();
    private final List<Runnable> dropListeners = new ArrayList<>();
    private int named;
    private int callsOpen;
    private @Nullable String rollbackCause;
    private @Nullable Outcome outcome;

    MemoryTransaction(Instant deadline, Clock clock, Runnable decision) {
        this.decision = decision;
        this.deadline = deadline;
        this.clock = clock;
    }

    String token() {
        return "memory." + HexFormat.of().formatHex(gtrid);
    }

    synchronized Outcome outcome() {
        return outcome != null ? outcome : new Outcome.Unknown("still open");
    }

    GlobalTransaction view(boolean originator, String trace) {
        return new View(originator, trace);
    }

    private synchronized BranchId newBranch(String resource) {
        named++;
        return new BranchId(BranchId.FORMAT_ID, gtrid, (resource + "-" + named).getBytes(StandardCharsets.US_ASCII));
    }

    private synchronized void enlist(BranchId branch, Participant participant) {
        if (outcome != null || isRollbackOnly()) {
            throw new TransactionServiceException("the transaction is rollback-only or over", false);
        }
        branches.put(branch, participant);
    }

    private synchronized void mark(String cause) {
        if (rollbackCause == null) {
            rollbackCause = cause;
        }
    }

    private synchronized boolean isRollbackOnly() {
        return rollbackCause != null || !clock.instant().isBefore(deadline);
    }

    private Outcome commit() {
        if (isRollbackOnly()) {
            return rollback(rollbackCause == null ? "its time-out expired" : rollbackCause);
        }
        if (callsOpen > 0) {
            return rollback("a participant's call is still running");
        }
        if (branches.size() == 1) {
            return commitOnePhase();
        }
        List<BranchId> prepared = new ArrayList<>();
        for (Map.Entry<BranchId, Participant> branch : branches.entrySet()) {
            Vote vote = branch.getValue()
                    .prepare(branch.getKey())
                    .toCompletableFuture()
                    .join();
            if (vote instanceof Vote.Rollback no) {
                return rollback(no.cause());
            }
            if (vote instanceof Vote.Prepared) {
                prepared.add(branch.getKey());
            }
        }
        decision.run();
        for (BranchId branch : prepared) {
            Participant participant = participant(branch);
            insist(() -> participant.commit(branch));
        }
        return end(new Outcome.Committed());
    }

    private Outcome commitOnePhase() {
        BranchId branch = branches.keySet().iterator().next();
        Participant participant = participant(branch);
        Completion completion = insist(() -> participant.commitOnePhase(branch));
        if (completion instanceof Completion.NeedsPrepare) {
            return commitPrepared(branch, participant);
        }
        if (completion instanceof Completion.RolledBack rolledBack) {
            return end(new Outcome.RolledBack(rolledBack.cause()));
        }
        return end(
                completion instanceof Completion.Done
                        ? new Outcome.Committed()
                        : new Outcome.Unknown(completion.toString()));
    }

    private Outcome commitPrepared(BranchId branch, Participant participant) {
        Vote vote = participant.prepare(branch).toCompletableFuture().join();
        if (vote instanceof Vote.Prepared) {
            decision.run();
            insist(() -> participant.commit(branch));
        } else if (!(vote instanceof Vote.ReadOnly)) {
            return rollback(vote.toString());
        }
        return end(new Outcome.Committed());
    }

    Outcome rollback(String cause) {
        synchronized (this) {
            if (outcome != null) {
                return outcome;
            }
        }
        for (BranchId branch : List.copyOf(branches.keySet())) {
            Participant participant = participant(branch);
            insist(() -> participant.rollback(branch));
        }
        return end(new Outcome.RolledBack(cause));
    }

    /** What a process does that is told "unknown": its work goes, the outcome is for later. */
    void dropWork() {
        mark("the outcome is not known");
        for (BranchId branch : List.copyOf(branches.keySet())) {
            Participant participant = participant(branch);
            insist(() -> participant.rollback(branch));
        }
        dropListeners.forEach(Runnable::run);
    }

    private Participant participant(BranchId branch) {
        Participant participant = branches.get(branch);
        if (participant == null) {
            throw new IllegalStateException("no branch " + branch);
        }
        return participant;
    }

    private static Completion insist(Supplier<CompletionStage<Completion>> told) {
        Completion answer = told.get().toCompletableFuture().join();
        for (int attempt = 1; !answer.endsBranch() && attempt < ATTEMPTS_MAX; attempt++) {
            answer = told.get().toCompletableFuture().join();
        }
        return answer;
    }

    private Outcome end(Outcome how) {
        List<Consumer<Outcome>> told;
        synchronized (this) {
            outcome = how;
            told = List.copyOf(listeners);
            listeners.clear();
        }
        told.forEach(listener -> listener.accept(how));
        return how;
    }

    private final class View implements GlobalTransaction {
        private final boolean originator;
        private final String trace;

        View(boolean originator, String trace) {
            this.originator = originator;
            this.trace = trace;
        }

        @Override
        public String trace() {
            return trace;
        }

        @Override
        public String token() {
            return MemoryTransaction.this.token();
        }

        @Override
        public String id() {
            return HexFormat.of().formatHex(gtrid);
        }

        @Override
        public Instant deadline() {
            return deadline;
        }

        @Override
        public boolean isOriginator() {
            return originator;
        }

        @Override
        public BranchId newBranch(String resourceManager) {
            return MemoryTransaction.this.newBranch(resourceManager);
        }

        @Override
        public void enlist(BranchId branch, Participant participant) {
            MemoryTransaction.this.enlist(branch, participant);
        }

        @Override
        public Call enter() {
            callsOpen++;
            return () -> callsOpen--;
        }

        @Override
        public void setRollbackOnly(String cause) {
            mark(cause);
        }

        @Override
        public boolean isRollbackOnly() {
            return MemoryTransaction.this.isRollbackOnly();
        }

        @Override
        public Outcome commit() {
            checkOriginator();
            return MemoryTransaction.this.commit();
        }

        @Override
        public Outcome rollback(String cause) {
            checkOriginator();
            return MemoryTransaction.this.rollback(cause);
        }

        private void checkOriginator() {
            if (!originator) {
                throw new IllegalStateException("joined, not begun here");
            }
        }

        @Override
        public void onCompletion(Consumer<Outcome> listener) {
            listeners.add(listener);
        }

        @Override
        public void onWorkDropped(Runnable listener) {
            dropListeners.add(listener);
        }
    }
}
