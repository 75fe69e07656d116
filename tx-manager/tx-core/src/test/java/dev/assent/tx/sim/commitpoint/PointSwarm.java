package dev.assent.tx.sim.commitpoint;

import dev.assent.tx.model.ClusterId;
import dev.assent.tx.model.Decision;
import dev.assent.tx.model.DecisionRecord;
import dev.assent.tx.model.EpochRef;
import dev.assent.tx.model.GlobalTxId;
import dev.assent.tx.model.Outcome;
import dev.assent.tx.protocol.TransactionInput;
import dev.assent.tx.sim.commitpoint.SimDatabase.Nature;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.SplittableRandom;
import java.util.function.Predicate;

/**
 * Several coordinators, transactions and terminators in a random order of atomic steps, from one seed: coordinators
 * die, stop, are fenced and go on as zombies; answers are lost; databases restart; messages of the dead arrive late.
 */
final class PointSwarm {
    private static final ClusterId CLUSTER = new ClusterId(0xC0FFEEL);
    private static final int DATABASES = 3;
    private static final int TERMINATORS = 2;
    private static final int EVENTS = 260;
    private static final int TRANSACTIONS_MAX = 8;
    private static final int STEPS_MAX = 600;
    private static final int PASSES_UNTIL_TIDY = 3;

    /** What happened, so that runs that reach nothing interesting are noticed. */
    enum Reached {
        COMMITTED,
        ROLLED_BACK,
        UNKNOWN,
        COORDINATOR_DIED,
        BECAME_ZOMBIE,
        STOPPED,
        LATE_MESSAGE,
        ANSWER_LOST,
        HUNG,
        DATABASE_RESTARTED,
        EXPIRED,
        POINT_ABORTED_BY_OTHERS,
        ASKER_TOLD_OF_ROLLBACK
    }

    private final PointFlaw flaw;
    private final SplittableRandom random;
    private final SimEpochs epochs = new SimEpochs();
    private final List<SimDatabase> databases = new ArrayList<>();
    private final List<SimTerminator> terminators = new ArrayList<>();
    private final List<SimPoint> transactions = new ArrayList<>();
    private final List<EpochRef> coordinators = new ArrayList<>();
    private final Map<Reached, Integer> reached = new EnumMap<>(Reached.class);
    private final PointAsker asker;
    private final int faultPercent;
    private long now = 1;

    PointSwarm(PointFlaw flaw, long seed) {
        this.flaw = flaw;
        random = new SplittableRandom(seed);
        faultPercent = random.nextInt(2, 25);
        for (int database = 0; database < DATABASES; database++) {
            databases.add(new SimDatabase(flaw, "db" + database));
        }
        for (int terminator = 0; terminator < TERMINATORS; terminator++) {
            terminators.add(new SimTerminator(flaw, CLUSTER, epochs, databases, this::isDecided));
        }
        coordinators.add(epochs.allot());
        asker = new PointAsker(flaw, epochs);
    }

    private boolean isDecided(GlobalTxId id) {
        return transactions.stream().anyMatch(transaction -> transaction.id().equals(id) && transaction.isDecided());
    }

    Map<Reached, Integer> run() {
        for (int event = 0; event < EVENTS; event++) {
            now += random.nextInt(100) < 2 ? 2 * DecisionRecord.RETENTION_MILLIS : random.nextInt(4);
            happen();
        }
        settle();
        transactions.forEach(transaction -> transaction.audit().check());
        asker.check();
        if (asker.toldOfRollback()) {
            reach(Reached.ASKER_TOLD_OF_ROLLBACK);
        }
        transactions.forEach(this::count);
        if (flaw.mustTidy() && !databases.stream().allMatch(PointSwarm::isTidy)) {
            throw new PointViolation("rows are left for ever");
        }
        return reached;
    }

    private static boolean isTidy(SimDatabase database) {
        return database.rows(Decision.COMMIT).isEmpty()
                && database.rows(Decision.ABORT).isEmpty();
    }

    private void happen() {
        int dice = random.nextInt(100);
        if (dice < 10 && transactions.size() < TRANSACTIONS_MAX) {
            begin();
        } else if (dice < 55) {
            advance();
        } else if (dice < 86) {
            terminators.get(random.nextInt(TERMINATORS)).step(now);
        } else if (dice < 88) {
            arriveLate();
        } else if (dice < 92) {
            any(transaction -> true).ifPresent(asker::ask);
        } else if (dice < 94) {
            expire();
        } else if (dice < 96) {
            any(transaction -> true).ifPresent(transaction -> {
                transaction.resume();
                transaction.thaw();
            });
        } else if (random.nextInt(100) < faultPercent * 4) {
            strikeCoordinator();
        }
    }

    private Optional<SimPoint> any(Predicate<SimPoint> which) {
        List<SimPoint> candidates = transactions.stream().filter(which).toList();
        return candidates.isEmpty() ? Optional.empty() : Optional.of(candidates.get(random.nextInt(candidates.size())));
    }

    private void begin() {
        EpochRef epoch = coordinators.get(random.nextInt(coordinators.size()));
        List<SimPoint.Part> parts = new ArrayList<>();
        for (SimDatabase database : databases) {
            if (random.nextInt(100) < 75) {
                parts.add(new SimPoint.Part(database, nature(random.nextInt(100))));
            }
        }
        if (!parts.isEmpty() && random.nextInt(10) == 0) {
            parts.add(new SimPoint.Part(parts.get(0).database(), nature(random.nextInt(100)))); // a second connection
        }
        boolean tookPart = !parts.isEmpty() && random.nextInt(20) > 0;
        OptionalInt point = tookPart ? OptionalInt.of(random.nextInt(parts.size())) : OptionalInt.empty();
        SimDatabase table = tookPart ? parts.get(point.getAsInt()).database() : databases.get(0);
        GlobalTxId id = new GlobalTxId(
                        CLUSTER,
                        epoch.key(),
                        epoch.version(),
                        now + random.nextInt(30),
                        new GlobalTxId.Unique(random.nextLong(), transactions.size()))
                .decidedIn(table.hash());
        SimPoint transaction = new SimPoint(flaw, epochs, id, parts, table, point);
        transactions.add(transaction);
        transaction.input(
                random.nextInt(100) < 92
                        ? new TransactionInput.CommitAsked()
                        : new TransactionInput.RollbackAsked("the application says so"));
    }

    private static Nature nature(int dice) {
        if (dice < 82) {
            return Nature.WRITER;
        }
        if (dice < 93) {
            return Nature.READER;
        }
        return dice < 95 ? Nature.SEEMING_WRITER : Nature.REFUSER;
    }

    private void advance() {
        any(transaction -> !transaction.moving().isEmpty()).ifPresent(transaction -> {
            List<SimMessage> moving = transaction.moving();
            SimMessage message = moving.get(random.nextInt(moving.size()));
            if (random.nextInt(100) >= faultPercent || transaction.isPaused()) {
                transaction.advance(message);
            } else {
                strike(transaction, message);
            }
        });
    }

    private void strike(SimPoint transaction, SimMessage message) {
        switch (random.nextInt(4)) {
            case 0 -> {
                message.hang();
                reach(Reached.HUNG);
            }
            case 1 -> {
                transaction.pause();
                reach(Reached.STOPPED);
            }
            default -> {
                for (int steps = random.nextInt(3); steps > 0; steps--) {
                    message.takeStep();
                }
                if (message.branch() >= 0 && random.nextInt(4) == 0) {
                    transaction.database(message.branch()).restart();
                    reach(Reached.DATABASE_RESTARTED);
                }
                transaction.lose(message, random.nextBoolean());
                reach(Reached.ANSWER_LOST);
            }
        }
    }

    private void expire() {
        any(transaction -> transaction.id().isPastDeadline(now)).ifPresent(transaction -> {
            transaction.expire(now);
            reach(Reached.EXPIRED);
        });
    }

    private void strikeCoordinator() {
        EpochRef victim = coordinators.get(random.nextInt(coordinators.size()));
        if (!epochs.isAlive(victim)) {
            return;
        }
        epochs.sessionEnds(victim);
        coordinators.remove(victim);
        coordinators.add(epochs.allot());
        boolean dies = random.nextInt(3) == 0;
        reach(dies ? Reached.COORDINATOR_DIED : Reached.BECAME_ZOMBIE);
        for (SimPoint transaction : transactions) {
            if (transaction.id().key().incarnation() != victim.key().incarnation() || transaction.isCrashed()) {
                continue;
            }
            if (dies) {
                transaction.crash(random.nextBoolean());
            } else if (random.nextBoolean()) {
                transaction.pause();
            }
        }
    }

    private void arriveLate() {
        any(transaction -> !transaction.late().isEmpty()).ifPresent(transaction -> {
            SimMessage message = transaction.late().get(0);
            message.takeStep();
            if (message.hasTakenEffect() || random.nextInt(4) == 0) {
                transaction.late().remove(message);
                if (message.branch() >= 0) {
                    transaction.database(message.branch()).disconnect(transaction.xid(message.branch()));
                }
            }
            reach(Reached.LATE_MESSAGE);
        });
    }

    /** No more faults: the late arrive, everybody finishes, recovery runs until nothing is left to do. */
    private void settle() {
        for (SimPoint transaction : transactions) {
            while (!transaction.late().isEmpty()) {
                SimMessage message = transaction.late().remove(0);
                message.takeStep();
                message.takeStep();
                if (message.branch() >= 0) {
                    transaction.database(message.branch()).disconnect(transaction.xid(message.branch()));
                }
            }
            transaction.resume();
            transaction.thaw();
        }
        drain();
        transactions.forEach(SimPoint::disconnect);
        coordinators.forEach(epochs::sessionEnds);
        terminators.forEach(terminator -> terminator.pass(now)); // ends the passes that were cut short
        terminators.get(0).pass(now);
        transactions.forEach(asker::ask);
        now += 2 * DecisionRecord.RETENTION_MILLIS;
        for (int pass = 0; pass < PASSES_UNTIL_TIDY; pass++) {
            terminators.get(0).pass(now);
        }
        transactions.forEach(asker::ask);
    }

    /** A message may wait for another transaction's, or for another message of its own; so all go on in turns. */
    private void drain() {
        for (int steps = 0; transactions.stream().anyMatch(each -> each.next().isPresent()); steps++) {
            if (steps > STEPS_MAX) {
                throw new PointViolation("it does not end");
            }
            for (SimPoint transaction : transactions) {
                transaction.moving().forEach(message -> {
                    if (transaction.moving().contains(message)) {
                        transaction.advance(message);
                    }
                });
            }
        }
    }

    private void count(SimPoint transaction) {
        Outcome told = transaction.answer();
        if (told instanceof Outcome.Committed) {
            reach(Reached.COMMITTED);
        } else if (told instanceof Outcome.RolledBack rolledBack) {
            reach(Reached.ROLLED_BACK);
            if (rolledBack.cause().startsWith("somebody decided")) {
                reach(Reached.POINT_ABORTED_BY_OTHERS);
            }
        } else if (told instanceof Outcome.Unknown) {
            reach(Reached.UNKNOWN);
        }
    }

    private void reach(Reached what) {
        reached.merge(what, 1, Integer::sum);
    }
}
