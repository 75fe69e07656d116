package dev.assent.tx.sim;

import dev.assent.tx.model.ClusterId;
import dev.assent.tx.model.DecisionRecord;
import dev.assent.tx.model.EpochRef;
import dev.assent.tx.model.GlobalTxId;
import dev.assent.tx.model.Outcome;
import dev.assent.tx.model.ResourceName;
import dev.assent.tx.protocol.TransactionInput;
import dev.assent.tx.protocol.twophase.LoneBranch;
import dev.assent.tx.spec.TraceEvent;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** One transaction of a given shape, cut at given moments; then healing, recovery and the checks. */
final class CrashMatrix {
    private static final ClusterId CLUSTER = new ClusterId(0xC0FFEEL);
    private static final long DEADLINE = 1_000;
    private static final long LATE = DEADLINE + DecisionRecord.RETENTION_MILLIS + 1;
    private static final int STEPS_MAX = 400;
    private static final int PASSES_UNTIL_TIDY = 4;

    /** What goes wrong at a moment: between two halves of what the coordinator does. */
    enum Fault {
        /** The coordinator dies; nothing that it has sent arrives any more. */
        COORDINATOR_DIES,
        /** The coordinator dies; what it has sent arrives after recovery. */
        COORDINATOR_DIES_ITS_MESSAGES_LATE,
        /** The request is lost on the way. */
        REQUEST_LOST,
        /** The request takes effect and its answer is lost. */
        ANSWER_LOST,
        /** The resource that is being told restarts before it hears. */
        RESOURCE_RESTARTS,
        /** The resource that is being told obeys and restarts before it answers. */
        RESOURCE_RESTARTS_AFTER,
        /** The coordinator stops until it is fenced, recovered and its record deleted; then it goes on as a zombie. */
        FENCED_WHILE_PAUSED,
        /** The answer is lost, and the coordinator is fenced and recovered before it hears anything else. */
        ANSWER_LOST_AND_FENCED,
        /** The deadline passes, and recovery terminates the transaction while its coordinator lives. */
        SUSPECTED_WHILE_ALIVE,
        /** The answer comes after the deadline was told to the transaction. */
        ANSWERED_AFTER_THE_DEADLINE,
        /** No answer comes, until everybody else has given up waiting for it. */
        NOT_ANSWERED,
        /** The request never leaves the coordinator, which knows that. */
        NOT_SENT,
        /** An operator rolls the prepared branch back by hand that is being told, or a failover loses it. */
        ROLLED_BACK_BY_HAND,
        /** An operator commits it. */
        COMMITTED_BY_HAND
    }

    /** A fault at the {@code moment}-th half step. */
    record Cut(int moment, Fault fault) {}

    private final Flaw flaw;
    private final SimStore store;
    private final List<SimResource> resources = new ArrayList<>();
    private final SimTransaction transaction;
    private final SimRecovery recovery;
    private final EpochRef epoch;
    private List<SimEffect> late = List.of();
    private int moments;

    CrashMatrix(Flaw flaw, List<SimResource.Nature> shape) {
        this(flaw, shape, LoneBranch.ONE_PHASE);
    }

    CrashMatrix(Flaw flaw, List<SimResource.Nature> shape, LoneBranch loneBranch) {
        this.flaw = flaw;
        store = new SimStore(flaw);
        store.trace().record();
        epoch = store.allot();
        for (int branch = 0; branch < shape.size(); branch++) {
            resources.add(new SimResource(new ResourceName("rm" + branch).hash(), store));
        }
        GlobalTxId id =
                new GlobalTxId(CLUSTER, epoch.key(), epoch.version(), DEADLINE, new GlobalTxId.Unique(7, shape.size()));
        transaction = new SimTransaction(flaw, store, id, resources, shape, loneBranch);
        recovery = new SimRecovery(flaw, store, CLUSTER, resources);
    }

    /** Runs to the end with these cuts; returns the number of moments a cut could have been at. */
    int run(boolean commit, List<Cut> cuts) {
        transaction.input(commit ? new TransactionInput.CommitAsked() : new TransactionInput.RollbackAsked("asked"));
        while (!transaction.pending().isEmpty()) {
            if (moments >= STEPS_MAX) {
                throw new Violation("it does not end");
            }
            SimEffect next = transaction.nextNotHung().orElseGet(this::thawed);
            int moment = moments++;
            Fault fault = cuts.stream()
                    .filter(cut -> cut.moment() == moment)
                    .map(Cut::fault)
                    .findFirst()
                    .orElse(null);
            if (fault == null) {
                next.advance();
            } else {
                strike(fault, next);
            }
        }
        transaction.audit().checkLocksAreFree();
        heal();
        return moments;
    }

    private void strike(Fault fault, SimEffect next) {
        switch (fault) {
            case COORDINATOR_DIES -> die(false);
            case COORDINATOR_DIES_ITS_MESSAGES_LATE -> die(true);
            case REQUEST_LOST -> next.loseAnswer();
            case ANSWER_LOST -> loseAnswer(next);
            case RESOURCE_RESTARTS -> restart(next, false);
            case RESOURCE_RESTARTS_AFTER -> restart(next, true);
            case FENCED_WHILE_PAUSED -> fence();
            case ANSWER_LOST_AND_FENCED -> {
                if (!next.hasTakenEffect()) {
                    next.takeEffect();
                }
                fence();
                next.loseAnswer();
            }
            case SUSPECTED_WHILE_ALIVE -> recovery.pass(DEADLINE + 1);
            case ANSWERED_AFTER_THE_DEADLINE -> transaction.expire(DEADLINE + 1);
            case NOT_ANSWERED -> next.hang();
            case NOT_SENT -> next.doNotSend();
            case ROLLED_BACK_BY_HAND -> endByHand(next, SimResource.State.ROLLED_BACK);
            case COMMITTED_BY_HAND -> endByHand(next, SimResource.State.COMMITTED);
        }
    }

    /** Only what hangs is left: the deadline passes, the caller must know, and then the resource is back. */
    private SimEffect thawed() {
        transaction.expire(DEADLINE + 1);
        Optional<SimEffect> more = transaction.nextNotHung();
        if (more.isPresent()) {
            return more.get();
        }
        transaction.checkToldPastDeadline();
        List<SimEffect> pending = transaction.pending();
        pending.forEach(SimEffect::thaw);
        return pending.get(0);
    }

    private void die(boolean itsMessagesArriveLate) {
        late = transaction.crash(itsMessagesArriveLate);
        store.sessionEnds(epoch.key().incarnation());
    }

    private static void loseAnswer(SimEffect next) {
        if (!next.hasTakenEffect()) {
            next.takeEffect();
        }
        next.loseAnswer();
    }

    private static void endByHand(SimEffect next, SimResource.State how) {
        boolean unused = next.endByHand(how);
    }

    private static void restart(SimEffect next, boolean afterEffect) {
        SimResource target = next.target();
        if (target == null) {
            next.advance();
            return;
        }
        if (afterEffect && !next.hasTakenEffect()) {
            next.takeEffect();
        }
        target.restart();
        next.loseAnswer();
    }

    private void fence() {
        store.sessionEnds(epoch.key().incarnation());
        passUntilTidy();
    }

    /** Until there is neither record nor epoch: asked, answered, deleted, retired. */
    private void passUntilTidy() {
        for (int pass = 0; pass < PASSES_UNTIL_TIDY; pass++) {
            recovery.pass(LATE);
        }
    }

    /** Everybody is back: recovery runs until nothing changes, then the books must balance. */
    private void heal() {
        recovery.pass(DEADLINE + 1);
        late.forEach(SimEffect::takeEffect);
        transaction.unread().forEach(SimEffect::takeEffect);
        transaction.disconnect();
        recovery.pass(DEADLINE + 1);
        store.sessionEnds(epoch.key().incarnation());
        passUntilTidy();
        transaction.audit().check();
        if (flaw.mustTidy() && (!store.records().isEmpty() || store.epochCount() > 0)) {
            throw new Violation("records or epochs are left for ever");
        }
    }

    /** What happened so far, in the specification's words. */
    List<TraceEvent> trace() {
        return store.trace().events();
    }

    @Nullable
    Outcome answer() {
        return transaction.answer();
    }
}
