package dev.assent.tx.sim.commitpoint;

import dev.assent.tx.model.ClusterId;
import dev.assent.tx.model.Decision;
import dev.assent.tx.model.DecisionRecord;
import dev.assent.tx.model.EpochRef;
import dev.assent.tx.model.GlobalTxId;
import dev.assent.tx.model.Outcome;
import dev.assent.tx.protocol.TransactionInput;
import dev.assent.tx.spec.TraceEvent;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;

/** One transaction of a given shape, cut at given moments; then healing, recovery and the checks. */
final class PointCrashMatrix {
    private static final ClusterId CLUSTER = new ClusterId(0xC0FFEEL);
    private static final long DEADLINE = 1_000;
    private static final long LATE = DEADLINE + DecisionRecord.RETENTION_MILLIS + 1;
    private static final int STEPS_MAX = 400;
    private static final int LATE_EVERY = 50;
    private static final int PASSES_UNTIL_TIDY = 3;

    /** What goes wrong between two steps of what the coordinator has sent. */
    enum Fault {
        /** The coordinator dies, and the servers notice at once. */
        COORDINATOR_DIES,
        /** The coordinator dies; what it has sent arrives after recovery. */
        COORDINATOR_DIES_ITS_MESSAGES_LATE,
        /** The connection breaks; the server has read no more than it had. */
        CONNECTION_BREAKS,
        /** The connection breaks, and the server reads the rest later. */
        CONNECTION_BREAKS_MESSAGE_LATE,
        /** Everything takes effect, and the answer is lost. */
        ANSWER_LOST,
        /** The database restarts before it goes on. */
        DATABASE_RESTARTS,
        /** The coordinator stops until it is fenced, recovered and its rows deleted; then it goes on as a zombie. */
        FENCED_WHILE_STOPPED,
        /** The answer is lost, and the coordinator is fenced and recovered before it hears anything else. */
        ANSWER_LOST_AND_FENCED,
        /** The deadline passes, and somebody terminates the transaction while its coordinator lives. */
        SUSPECTED_WHILE_ALIVE,
        /** The deadline passes for the coordinator. */
        EXPIRED
    }

    /** A fault at the {@code moment}-th step. */
    record Cut(int moment, Fault fault) {}

    private final SimEpochs epochs = new SimEpochs();
    private final EpochRef epoch = epochs.allot();
    private final List<SimDatabase> databases = new ArrayList<>();
    private final SimTerminator terminator;
    private final PointAsker asker;
    private final SimPoint transaction;
    private final PointTrace trace = new PointTrace();
    private int moments;

    PointCrashMatrix(PointFlaw flaw, List<SimDatabase.Nature> shape) {
        trace.record();
        epochs.traceTo(trace);
        List<SimPoint.Part> parts = new ArrayList<>();
        for (int branch = 0; branch < shape.size(); branch++) {
            SimDatabase database = new SimDatabase(flaw, "db" + branch);
            database.traceTo(trace);
            databases.add(database);
            parts.add(new SimPoint.Part(database, shape.get(branch)));
        }
        GlobalTxId id = new GlobalTxId(
                        CLUSTER, epoch.key(), epoch.version(), DEADLINE, new GlobalTxId.Unique(7, shape.size()))
                .decidedIn(databases.get(0).hash());
        transaction = new SimPoint(flaw, epochs, id, parts, databases.get(0), OptionalInt.of(0));
        terminator = new SimTerminator(flaw, CLUSTER, epochs, databases, any -> transaction.isDecided());
        asker = new PointAsker(flaw, epochs);
    }

    /** Runs to the end with these cuts; returns the number of moments a cut could have been at. */
    int run(List<Cut> cuts) {
        transaction.input(new TransactionInput.CommitAsked());
        for (var next = transaction.next(); next.isPresent(); next = transaction.next()) {
            if (moments >= STEPS_MAX) {
                throw new PointViolation("it does not end");
            }
            int moment = moments++;
            if (moment % LATE_EVERY == LATE_EVERY - 1) {
                arriveLate(); // somebody may wait for what a server has half read
            }
            SimMessage message = next.get();
            cuts.stream()
                    .filter(cut -> cut.moment() == moment)
                    .map(Cut::fault)
                    .findFirst()
                    .ifPresentOrElse(fault -> strike(fault, message), () -> transaction.advance(message));
        }
        asker.ask(transaction);
        heal();
        return moments;
    }

    private void strike(Fault fault, SimMessage message) {
        switch (fault) {
            case COORDINATOR_DIES -> die(false);
            case COORDINATOR_DIES_ITS_MESSAGES_LATE -> die(true);
            case CONNECTION_BREAKS -> transaction.lose(message, false);
            case CONNECTION_BREAKS_MESSAGE_LATE -> transaction.lose(message, true);
            case ANSWER_LOST -> {
                takeEffect(message);
                transaction.lose(message, false);
            }
            case DATABASE_RESTARTS -> {
                if (message.branch() >= 0) {
                    transaction.database(message.branch()).restart();
                }
                transaction.advance(message);
            }
            case FENCED_WHILE_STOPPED -> fence();
            case ANSWER_LOST_AND_FENCED -> {
                takeEffect(message);
                fence();
                transaction.lose(message, false);
            }
            case SUSPECTED_WHILE_ALIVE -> passUnlessItWaits(DEADLINE + 1);
            case EXPIRED -> transaction.expire(DEADLINE + 1);
        }
    }

    /** A commit point's commit has two steps. */
    private static void takeEffect(SimMessage message) {
        message.takeStep();
        message.takeStep();
    }

    private void die(boolean messagesLate) {
        transaction.crash(messagesLate);
        epochs.sessionEnds(epoch);
    }

    /** What is being inserted just now makes recovery wait, so nobody is stopped between the two steps for ever. */
    private void fence() {
        epochs.sessionEnds(epoch);
        for (int pass = 0; pass < PASSES_UNTIL_TIDY; pass++) {
            passUnlessItWaits(LATE);
        }
    }

    private void passUnlessItWaits(long now) {
        if (!databases.get(0).isInserting(transaction.id())) {
            terminator.pass(now);
        }
    }

    private void passUntilTidy() {
        for (int pass = 0; pass < PASSES_UNTIL_TIDY; pass++) {
            terminator.pass(LATE);
        }
    }

    private void arriveLate() {
        transaction.late().forEach(PointCrashMatrix::takeEffect);
        transaction.late().clear();
    }

    private void heal() {
        passUnlessItWaits(DEADLINE + 1);
        arriveLate();
        transaction.disconnect();
        epochs.sessionEnds(epoch);
        terminator.pass(DEADLINE + 1);
        asker.ask(transaction);
        passUntilTidy();
        asker.ask(transaction);
        transaction.audit().check();
        asker.check();
        for (SimDatabase database : databases) {
            if (!database.rows(Decision.COMMIT).isEmpty()
                    || !database.rows(Decision.ABORT).isEmpty()) {
                throw new PointViolation("rows are left for ever");
            }
        }
    }

    /** What happened so far, in the specification's words. */
    List<TraceEvent> trace() {
        return trace.events();
    }

    @Nullable
    Outcome answer() {
        return transaction.answer();
    }
}
