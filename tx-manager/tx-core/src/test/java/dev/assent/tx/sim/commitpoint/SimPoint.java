package dev.assent.tx.sim.commitpoint;

import dev.assent.time.Backoff;
import dev.assent.tx.model.BranchId;
import dev.assent.tx.model.BranchName;
import dev.assent.tx.model.GlobalTxId;
import dev.assent.tx.model.Outcome;
import dev.assent.tx.protocol.Message;
import dev.assent.tx.protocol.TransactionInput;
import dev.assent.tx.protocol.commitpoint.CommitPoint;
import dev.assent.tx.protocol.commitpoint.CommitPointInput;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;

/** One transaction: the production machine, and its messages, which can be lost, late or cut off. */
final class SimPoint {

    /** A branch that works in a database. */
    record Part(SimDatabase database, SimDatabase.Nature nature) {}

    private final GlobalTxId id;
    private final List<Part> parts;
    private final SimDatabase pointDatabase;
    private final OptionalInt point;
    private final List<BranchName> names = new ArrayList<>();
    private final CommitPoint machine;
    private final PointCommands commands;
    private final List<SimMessage> pending = new ArrayList<>();
    private final List<SimMessage> late = new ArrayList<>();
    private @Nullable Outcome answer;
    private boolean crashed;
    private boolean paused;

    /**
     * A transaction whose work is done, and that has not begun to end.
     *
     * @param point the branch that decides; empty if the database that was named took no part
     */
    SimPoint(
            PointFlaw flaw,
            SimEpochs epochs,
            GlobalTxId id,
            List<Part> parts,
            SimDatabase pointDatabase,
            OptionalInt point) {
        this.id = id;
        this.parts = parts;
        this.pointDatabase = pointDatabase;
        this.point = point;
        this.commands = new PointCommands(this, flaw, epochs);
        this.machine = new CommitPoint(parts.size(), point, new Backoff(1, 1));
        for (int branch = 0; branch < parts.size(); branch++) {
            Part part = parts.get(branch);
            names.add(new BranchName(part.database().hash(), branch, id.key().incarnation()));
            part.database().work(xid(branch), part.nature());
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
        return parts.size();
    }

    SimDatabase database(int branch) {
        return parts.get(branch).database();
    }

    SimDatabase.Nature nature(int branch) {
        return parts.get(branch).nature();
    }

    SimDatabase pointDatabase() {
        return pointDatabase;
    }

    /** Whether the commit point has committed, with a row or as the only writer. */
    boolean isDecided() {
        return point.isPresent()
                && database(point.getAsInt()).state(xid(point.getAsInt())) == SimDatabase.State.COMMITTED;
    }

    void input(Message<? super CommitPointInput.Handler> input) {
        if (crashed) {
            return;
        }
        PointTrace trace = pointDatabase.trace();
        input.accept(trace.inputs());
        machine.step(input).forEach(command -> {
            command.accept(trace.commands());
            command.accept(commands);
        });
    }

    void send(SimMessage message) {
        pending.add(message);
    }

    List<SimMessage> moving() {
        return pending.stream()
                .filter(message -> !message.isHung() && !(paused && message.hasTakenEffect()))
                .toList();
    }

    Optional<SimMessage> next() {
        return moving().stream().findFirst();
    }

    boolean hangs() {
        return pending.stream().anyMatch(SimMessage::isHung);
    }

    void thaw() {
        pending.forEach(SimMessage::thaw);
    }

    /** The next step of a message. */
    void advance(SimMessage message) {
        if (message.hasTakenEffect()) {
            pending.remove(message);
        }
        boolean unused = message.advance();
    }

    /** Its answer will not come; what is left of it arrives later, or never, as its connection is cut. */
    void lose(SimMessage message, boolean arrivesLate) {
        pending.remove(message);
        leftOf(message, arrivesLate);
        message.lose();
    }

    private void leftOf(SimMessage message, boolean arrivesLate) {
        if (message.hasTakenEffect()) {
            return;
        }
        if (arrivesLate) {
            late.add(message);
        } else if (message.branch() >= 0) {
            database(message.branch()).disconnect(xid(message.branch()));
        }
    }

    /** Messages of dead connections that a server may read yet. */
    List<SimMessage> late() {
        return late;
    }

    void expire(long nowEpochMillis) {
        if (!crashed && !paused && id.isPastDeadline(nowEpochMillis)) {
            input(new TransactionInput.Expired("its time-out expired"));
        }
    }

    /** The process is stopped: what it has sent goes on. */
    void pause() {
        paused = true;
    }

    void resume() {
        paused = false;
    }

    boolean isCrashed() {
        return crashed;
    }

    boolean isPaused() {
        return paused;
    }

    /** Its process dies; {@code messagesLate} says whether what it has sent may arrive, before the servers notice. */
    void crash(boolean messagesLate) {
        crashed = true;
        pending.forEach(message -> leftOf(message, messagesLate));
        pending.clear();
        if (!messagesLate) {
            disconnect();
        }
    }

    void disconnect() {
        for (int branch = 0; branch < parts.size(); branch++) {
            database(branch).disconnect(xid(branch));
        }
    }

    void told(Outcome outcome) {
        answer = outcome;
    }

    @Nullable
    Outcome answer() {
        return answer;
    }

    PointAudit audit() {
        return new PointAudit(this);
    }
}
