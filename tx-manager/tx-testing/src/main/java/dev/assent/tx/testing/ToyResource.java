package dev.assent.tx.testing;

import dev.assent.tx.model.BranchId;
import dev.assent.tx.model.Completion;
import dev.assent.tx.model.Vote;
import dev.assent.tx.spi.Participant;
import dev.assent.tx.spi.ResourceManager;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** A resource in memory that outlives the services using it. Thread-safe. */
public class ToyResource implements ResourceManager, Participant {

    /** Where a branch stands. */
    public enum State {
        PREPARED,
        COMMITTED,
        ROLLED_BACK
    }

    private final String name;
    private final Map<BranchId, State> states = new ConcurrentHashMap<>();
    private final List<String> calls = new CopyOnWriteArrayList<>();
    private final AtomicInteger scans = new AtomicInteger();
    private final AtomicInteger answersToLose = new AtomicInteger();
    private volatile boolean silent;
    private volatile Vote vote = new Vote.Prepared();
    private volatile @Nullable Runnable whenPrepared;
    private volatile @Nullable Completion commitAnswer;
    private volatile @Nullable Completion rollbackAnswer;

    public ToyResource(String name) {
        this.name = name;
    }

    /** What the next branches vote. */
    public ToyResource voting(Vote next) {
        vote = next;
        return this;
    }

    /** The next answers to commit or rollback are lost before anything happened. */
    public void loseAnswers(int count) {
        answersToLose.set(count);
    }

    /** Runs after a branch is prepared and before its vote is known, on a thread of its own, as it may block. */
    public void whenPrepared(Runnable action) {
        whenPrepared = action;
    }

    /** What commit answers instead of committing. */
    public void answerCommitWith(Completion answer) {
        commitAnswer = answer;
    }

    /** What rollback answers instead of rolling back. */
    public void answerRollbackWith(Completion answer) {
        rollbackAnswer = answer;
    }

    /** From now on no call is answered. */
    public void neverAnswer() {
        silent = true;
    }

    private <T> CompletionStage<T> answered(Supplier<T> answer) {
        return silent ? new CompletableFuture<>() : CompletableFuture.completedStage(answer.get());
    }

    @Override
    public void cutShort(BranchId branch) {
        calls.add("cutShort");
    }

    /** A branch is prepared whose prepare was sent long ago. */
    public void turnsUpPrepared(BranchId branch) {
        states.put(branch, State.PREPARED);
    }

    /** Commits again when told so. */
    public void answerCommit() {
        commitAnswer = null;
    }

    /** Rolls back again when told so. */
    public void allowRollback() {
        rollbackAnswer = null;
    }

    /** How often it was asked for its branches in doubt. */
    public int scans() {
        return scans.get();
    }

    public List<String> calls() {
        return List.copyOf(calls);
    }

    public long count(State state) {
        return states.values().stream().filter(each -> each == state).count();
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public CompletionStage<List<BranchId>> inDoubt() {
        scans.incrementAndGet();
        return CompletableFuture.completedStage(prepared());
    }

    public List<BranchId> prepared() {
        List<BranchId> prepared = new ArrayList<>();
        states.forEach((branch, state) -> {
            if (state == State.PREPARED) {
                prepared.add(branch);
            }
        });
        return prepared;
    }

    @Override
    public Participant recoverer() {
        return this;
    }

    @Override
    public CompletionStage<Vote> prepare(BranchId branch) {
        calls.add("prepare");
        if (silent) {
            return new CompletableFuture<>();
        }
        Vote cast = vote;
        if (!(cast instanceof Vote.Prepared)) {
            return CompletableFuture.completedStage(cast);
        }
        states.put(branch, State.PREPARED);
        @Nullable Runnable action = whenPrepared;
        return action == null
                ? CompletableFuture.completedStage(cast)
                : CompletableFuture.runAsync(action, task -> new Thread(task, "toy-" + name).start())
                        .thenApply(done -> cast);
    }

    @Override
    public CompletionStage<Completion> commit(BranchId branch) {
        calls.add("commit");
        Completion instead = commitAnswer;
        return answered(() -> instead != null ? instead : end(branch, State.COMMITTED));
    }

    @Override
    public CompletionStage<Completion> commitOnePhase(BranchId branch) {
        calls.add("commitOnePhase");
        return answered(() -> {
            states.put(branch, State.COMMITTED);
            return new Completion.Done();
        });
    }

    @Override
    public CompletionStage<Completion> rollback(BranchId branch) {
        calls.add("rollback");
        Completion instead = rollbackAnswer;
        return answered(() -> instead != null ? instead : end(branch, State.ROLLED_BACK));
    }

    private Completion end(BranchId branch, State state) {
        if (answersToLose.getAndUpdate(left -> Math.max(0, left - 1)) > 0) {
            return new Completion.Retry("connection reset");
        }
        return states.replace(branch, State.PREPARED, state) ? new Completion.Done() : new Completion.NotKnown();
    }

    @Override
    public CompletionStage<Completion> forget(BranchId branch) {
        return CompletableFuture.completedStage(new Completion.Done());
    }
}
