package dev.assent.tx.sim;

import dev.assent.tx.model.ClusterId;
import dev.assent.tx.model.DecisionRecord;
import dev.assent.tx.model.EpochRef;
import dev.assent.tx.model.GlobalTxId;
import dev.assent.tx.model.Outcome;
import dev.assent.tx.model.ResourceName;
import dev.assent.tx.protocol.TransactionInput;
import dev.assent.tx.protocol.twophase.LoneBranch;
import dev.assent.tx.sim.SimResource.Nature;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;

/**
 * Several coordinators, transactions and recoverers in a random order of atomic steps, from one seed: coordinators
 * die, are fenced and go on as zombies; answers are lost; resources restart; messages of the dead arrive late.
 */
final class SwarmRun {
    private static final ClusterId CLUSTER = new ClusterId(0xC0FFEEL);
    private static final int RESOURCES = 3;
    private static final int RECOVERERS = 2;
    private static final int EVENTS = 220;
    private static final int TRANSACTIONS_MAX = 10;
    /** Ask, answer, delete and retire; one more for what another collector's answers held up. */
    private static final int PASSES_UNTIL_TIDY = 4;

    /** What happened, so that a run that reaches nothing interesting is noticed. */
    enum Reached {
        COMMITTED,
        ROLLED_BACK,
        UNKNOWN,
        COORDINATOR_DIED,
        BECAME_ZOMBIE,
        LATE_MESSAGE,
        ANSWER_LOST,
        NOT_SENT,
        ENDED_BY_HAND,
        RESOURCE_RESTARTED,
        ASKED_IN_TIME_WITHOUT_RECORD,
        RECORD_DAMAGED,
        BRANCH_HUNG,
        EXPIRED_WHILE_A_BRANCH_HUNG,
        PREPARED_AFTER_IT_WAS_CUT_OFF
    }

    private final Flaw flaw;
    private final SplittableRandom random;
    private final SimStore store;
    private final List<SimResource> resources = new ArrayList<>();
    private final List<SimRecovery> recoverers = new ArrayList<>();
    private final List<SimTransaction> transactions = new ArrayList<>();
    private final List<EpochRef> coordinators = new ArrayList<>();
    private final List<SimEffect> late = new ArrayList<>();
    private final Map<Reached, Integer> reached = new EnumMap<>(Reached.class);
    private final List<Asker> askers = new ArrayList<>();
    private final int faultPercent;
    private final LoneBranch loneBranch;
    private long now = 1;

    SwarmRun(Flaw flaw, long seed) {
        this.flaw = flaw;
        random = new SplittableRandom(seed);
        faultPercent = random.nextInt(2, 25);
        loneBranch = random.nextBoolean() ? LoneBranch.ONE_PHASE : LoneBranch.WITH_RECORD;
        store = new SimStore(flaw);
        for (int resource = 0; resource < RESOURCES; resource++) {
            resources.add(new SimResource(new ResourceName("rm" + resource).hash(), store));
        }
        for (int recoverer = 0; recoverer < RECOVERERS; recoverer++) {
            recoverers.add(new SimRecovery(flaw, store, CLUSTER, resources));
        }
        coordinators.add(store.allot());
        askers.add(new Asker(flaw, store, loneBranch));
        askers.add(new Asker(flaw, store, loneBranch));
    }

    Map<Reached, Integer> run() {
        for (int event = 0; event < EVENTS; event++) {
            now += random.nextInt(100) < 2 ? 2 * DecisionRecord.RETENTION_MILLIS : random.nextInt(4);
            happen();
        }
        settle();
        transactions.forEach(transaction -> transaction.audit().check());
        askers.forEach(Asker::check);
        countAnswersInTime();
        transactions.forEach(this::count);
        if (flaw.mustTidy() && (!store.records().isEmpty() || store.epochCount() > 0)) {
            throw new Violation("records or epochs are left for ever");
        }
        return reached;
    }

    private void happen() {
        int dice = random.nextInt(100);
        if (dice < 12 && transactions.size() < TRANSACTIONS_MAX) {
            begin();
        } else if (dice < 60) {
            advance();
        } else if (dice < 90) {
            recoverers.get(random.nextInt(RECOVERERS)).step(now);
        } else if (dice < 91) {
            arriveLate();
        } else if (dice < 92) {
            store.reap(now);
        } else if (dice < 95) {
            ask();
        } else if (dice < 96) {
            damage();
        } else if (dice < 98) {
            expire();
        } else if (random.nextInt(100) < faultPercent * 3) {
            strikeCoordinator();
        }
    }

    private void begin() {
        EpochRef epoch = coordinators.get(random.nextInt(coordinators.size()));
        List<SimResource> used = new ArrayList<>();
        List<Nature> natures = new ArrayList<>();
        for (SimResource resource : resources) {
            if (random.nextInt(100) < 70) {
                used.add(resource);
                natures.add(nature(random.nextInt(100)));
            }
        }
        GlobalTxId id = new GlobalTxId(
                CLUSTER,
                epoch.key(),
                epoch.version(),
                now + random.nextInt(30),
                new GlobalTxId.Unique(random.nextLong(), transactions.size()));
        SimTransaction transaction = new SimTransaction(flaw, store, id, used, natures, loneBranch);
        transactions.add(transaction);
        transaction.input(
                random.nextInt(100) < 90
                        ? new TransactionInput.CommitAsked()
                        : new TransactionInput.RollbackAsked("the application says so"));
    }

    private static Nature nature(int dice) {
        if (dice < 85) {
            return dice < 75 ? Nature.WRITER : Nature.DISTRUSTED;
        }
        return dice < 95 ? Nature.READER : Nature.REFUSER;
    }

    private void advance() {
        List<SimTransaction> busy = transactions.stream()
                .filter(each -> each.nextNotHung().isPresent())
                .toList();
        if (busy.isEmpty()) {
            return;
        }
        SimTransaction transaction = busy.get(random.nextInt(busy.size()));
        List<SimEffect> pending = transaction.pending().stream()
                .filter(effect -> !effect.isHung())
                .toList();
        SimEffect effect = pending.get(random.nextInt(pending.size()));
        if (random.nextInt(100) >= faultPercent) {
            effect.advance();
        } else {
            strike(effect);
        }
    }

    private void strike(SimEffect effect) {
        SimResource target = effect.target();
        if (target != null && random.nextInt(3) == 0) {
            effect.hang();
            reach(Reached.BRANCH_HUNG);
            return;
        }
        if (random.nextInt(4) == 0) {
            strikeByHand(effect);
            return;
        }
        if (random.nextBoolean() && !effect.hasTakenEffect()) {
            effect.takeEffect();
        }
        if (target != null && random.nextBoolean()) {
            target.restart();
            reach(Reached.RESOURCE_RESTARTED);
        }
        effect.loseAnswer();
        reach(Reached.ANSWER_LOST);
    }

    /** The telling does not leave, or the branch is not there any more when it arrives. */
    private void strikeByHand(SimEffect effect) {
        if (random.nextBoolean()) {
            effect.doNotSend();
            reach(Reached.NOT_SENT);
        } else if (effect.endByHand(
                random.nextBoolean() ? SimResource.State.ROLLED_BACK : SimResource.State.COMMITTED)) {
            reach(Reached.ENDED_BY_HAND);
        }
    }

    /** The sweep comes by; what a resource that hung had not read may be read afterwards, at any time. */
    private void expire() {
        if (transactions.isEmpty()) {
            return;
        }
        SimTransaction transaction = transactions.get(random.nextInt(transactions.size()));
        if (!transaction.id().isPastDeadline(now)) {
            return;
        }
        if (transaction.pending().stream().anyMatch(SimEffect::isHung)) {
            reach(Reached.EXPIRED_WHILE_A_BRANCH_HUNG);
        }
        transaction.expire(now);
        transaction.checkToldPastDeadline();
        late.addAll(transaction.unread());
        transaction.unread().clear();
    }

    private void strikeCoordinator() {
        EpochRef victim = coordinators.get(random.nextInt(coordinators.size()));
        long incarnation = victim.key().incarnation();
        if (!store.isAlive(incarnation)) {
            return;
        }
        store.sessionEnds(incarnation);
        coordinators.remove(victim);
        coordinators.add(store.allot());
        if (random.nextBoolean()) {
            reach(Reached.BECAME_ZOMBIE); // it goes on, not knowing
            return;
        }
        reach(Reached.COORDINATOR_DIED);
        for (SimTransaction transaction : transactions) {
            if (transaction.id().key().equals(victim.key()) && !transaction.isCrashed()) {
                late.addAll(transaction.crash(random.nextBoolean()));
            }
        }
    }

    /** Somebody asks how a transaction ended; the three readings may lie far apart. */
    private void ask() {
        Asker free = askers.get(random.nextInt(askers.size()));
        if (!transactions.isEmpty()) {
            free.step(transactions.get(random.nextInt(transactions.size())), now);
        }
    }

    /** Some record becomes unreadable until an operator has restored it. */
    private void damage() {
        List<GlobalTxId> there = List.copyOf(store.records().keySet());
        if (random.nextInt(100) < faultPercent * 2 && !there.isEmpty()) {
            store.damage(there.get(random.nextInt(there.size())));
            reach(Reached.RECORD_DAMAGED);
        }
    }

    private void arriveLate() {
        if (!late.isEmpty()) {
            SimEffect read = late.remove(random.nextInt(late.size()));
            read.takeEffect();
            reach(read.isHung() ? Reached.PREPARED_AFTER_IT_WAS_CUT_OFF : Reached.LATE_MESSAGE);
        }
    }

    /** No more faults: everybody finishes, the late arrive, recovery runs until nothing is left to do. */
    private void settle() {
        drain();
        while (!late.isEmpty()) {
            arriveLate();
        }
        transactions.forEach(SimTransaction::disconnect);
        coordinators.forEach(epoch -> store.sessionEnds(epoch.key().incarnation()));
        for (SimRecovery recoverer : recoverers) {
            recoverer.pass(now); // ends the pass that was cut short
        }
        recoverers.get(0).pass(now);
        store.restoreAll();
        recoverers.get(0).pass(now);
        Asker everybody = new Asker(flaw, store, loneBranch);
        askers.add(everybody);
        transactions.forEach(transaction -> everybody.askAtOnce(transaction, now));
        now += 2 * DecisionRecord.RETENTION_MILLIS;
        for (int pass = 0; pass < PASSES_UNTIL_TIDY; pass++) {
            recoverers.get(0).pass(now);
        }
    }

    private void drain() {
        for (SimTransaction transaction : transactions) {
            advanceWhatDoesNotHang(transaction);
            boolean hangs = !transaction.pending().isEmpty();
            transaction.expire(Math.max(now, transaction.id().deadlineEpochMillis()));
            advanceWhatDoesNotHang(transaction);
            if (hangs) {
                transaction.checkToldPastDeadline();
            }
            late.addAll(transaction.unread());
            transaction.unread().clear();
            transaction.pending().forEach(SimEffect::thaw);
            advanceWhatDoesNotHang(transaction);
        }
    }

    private static void advanceWhatDoesNotHang(SimTransaction transaction) {
        int steps = 0;
        for (var next = transaction.nextNotHung(); next.isPresent(); next = transaction.nextNotHung()) {
            next.get().advance();
            if (++steps > 400) {
                throw new Violation("it does not end");
            }
        }
    }

    private void countAnswersInTime() {
        if (askers.stream().anyMatch(Asker::answeredInTime)) {
            reach(Reached.ASKED_IN_TIME_WITHOUT_RECORD);
        }
    }

    private void count(SimTransaction transaction) {
        Outcome told = transaction.answer();
        if (told instanceof Outcome.Committed) {
            reach(Reached.COMMITTED);
        } else if (told instanceof Outcome.RolledBack) {
            reach(Reached.ROLLED_BACK);
        } else if (told instanceof Outcome.Unknown) {
            reach(Reached.UNKNOWN);
        }
    }

    private void reach(Reached what) {
        reached.merge(what, 1, Integer::sum);
    }
}
