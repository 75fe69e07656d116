package dev.assent.tx.sim;

import dev.assent.time.Backoff;
import dev.assent.tx.model.BranchId;
import dev.assent.tx.model.BranchName;
import dev.assent.tx.model.EpochRef;
import dev.assent.tx.model.GlobalTxId;
import dev.assent.tx.model.Outcome;
import dev.assent.tx.model.Vote;
import dev.assent.tx.protocol.BranchInput;
import dev.assent.tx.protocol.Message;
import dev.assent.tx.protocol.TransactionInput;
import dev.assent.tx.protocol.twophase.LoneBranch;
import dev.assent.tx.protocol.twophase.TwoPhaseCommit;
import dev.assent.tx.protocol.twophase.TwoPhaseInput;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** One transaction's production machine, its commands turned into effects that can be lost, late or cut off. */
final class SimTransaction {

    private final Flaw flaw;
    private final SimStore store;
    private final GlobalTxId id;
    private final List<SimResource> resources;
    private final List<SimResource.Nature> natures;
    private final List<BranchName> names = new ArrayList<>();
    private final TwoPhaseCommit machine;
    private final SimCommands commands;
    private final List<SimEffect> pending = new ArrayList<>();
    /** Prepares that a resource that hung may still read, though nobody waits for them any more. */
    private final List<SimEffect> unread = new ArrayList<>();

    private final Hands hands = new Hands();

    private @Nullable Outcome answer;
    private boolean crashed;

    SimTransaction(
            Flaw flaw,
            SimStore store,
            GlobalTxId id,
            List<SimResource> resources,
            List<SimResource.Nature> natures,
            LoneBranch loneBranch) {
        this.flaw = flaw;
        this.store = store;
        this.id = id;
        this.resources = resources;
        this.natures = natures;
        this.commands = new SimCommands(this, flaw, store, loneBranch);
        this.machine = new TwoPhaseCommit(resources.size(), new Backoff(1, 1), loneBranch);
        for (int branch = 0; branch < resources.size(); branch++) {
            names.add(new BranchName(
                    resources.get(branch).hash(), branch, id.key().incarnation()));
            resources.get(branch).work(xid(branch), natures.get(branch));
        }
    }

    GlobalTxId id() {
        return id;
    }

    BranchId xid(int branch) {
        return names.get(branch).in(id);
    }

    BranchName name(int branch) {
        return names.get(branch);
    }

    int branches() {
        return names.size();
    }

    SimResource resource(int branch) {
        return resources.get(branch);
    }

    SimResource.Nature nature(int branch) {
        return natures.get(branch);
    }

    Hands hands() {
        return hands;
    }

    void told(Outcome outcome) {
        answer = outcome;
    }

    void input(Message<? super TwoPhaseInput.Handler> input) {
        if (crashed) {
            return;
        }
        input.accept(store.trace().inputs());
        machine.step(input).forEach(command -> {
            command.accept(store.trace().commands());
            command.accept(commands);
        });
    }

    List<SimEffect> pending() {
        return pending;
    }

    List<SimEffect> unread() {
        return unread;
    }

    Optional<SimEffect> nextNotHung() {
        return pending.stream().filter(effect -> !effect.isHung()).findFirst();
    }

    /** As the sweep does: past its deadline a transaction is told so, again and again. */
    void expire(long nowEpochMillis) {
        if (crashed || !id.isPastDeadline(nowEpochMillis)) {
            return;
        }
        if (flaw == Flaw.TAKES_SILENCE_FOR_A_YES) {
            List<SimEffect> silent =
                    pending.stream().filter(SimEffect::isHangingPrepare).toList();
            pending.removeAll(silent);
            unread.addAll(silent);
            silent.forEach(effect -> input(new BranchInput.Voted(effect.branch(), new Vote.Prepared())));
        } else if (flaw != Flaw.WAITS_FOR_VOTES_PAST_THE_DEADLINE) {
            input(new TransactionInput.Expired("its time-out expired"));
        }
    }

    /** Past the deadline no branch that hangs in prepare keeps the caller from hearing; later ones are for patience. */
    void checkToldPastDeadline() {
        boolean votesOut = pending.stream().anyMatch(SimEffect::isHangingPrepare);
        boolean onlyVotes = pending.stream().allMatch(SimEffect::isHangingPrepare);
        if (!crashed && votesOut && onlyVotes && answer == null) {
            throw new Violation("the caller waits for a branch that hangs past the deadline");
        }
    }

    boolean isCrashed() {
        return crashed;
    }

    /** The coordinator's process dies; {@code late} decides whether what it has sent may still arrive. */
    List<SimEffect> crash(boolean late) {
        crashed = true;
        List<SimEffect> inFlight = late
                ? pending.stream().filter(effect -> !effect.hasTakenEffect()).toList()
                : List.of();
        pending.clear();
        if (!late) {
            disconnect();
        }
        return inFlight;
    }

    void disconnect() {
        for (int branch = 0; branch < resources.size(); branch++) {
            resources.get(branch).disconnect(xid(branch));
        }
    }

    @Nullable
    Outcome answer() {
        return answer;
    }

    /** Whether somebody else may have ended branches by now. */
    boolean isRecoveryAtWork() {
        return store.isTakenUp(id) || store.census().isFenced(EpochRef.of(id));
    }

    /** Whether the first branch did not, and never will, vote READ_ONLY; as its agent knows. */
    boolean isFirstBranchNotReadOnly() {
        if (names.isEmpty()) {
            return false;
        }
        SimResource.State state = resources.get(0).state(xid(0));
        return state != SimResource.State.WORKING && state != SimResource.State.READ_ONLY_ENDED;
    }

    /** What must hold of it. */
    SimAudit audit() {
        return new SimAudit(this);
    }
}
