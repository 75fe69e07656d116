package dev.assent.tx.sim.threephase;

import dev.assent.tx.protocol.paxos.AcceptorId;
import dev.assent.tx.protocol.paxos.AcceptorReply;
import dev.assent.tx.protocol.paxos.AcceptorRequest;
import dev.assent.tx.protocol.paxos.AcceptorStep;
import dev.assent.tx.protocol.paxos.PaxosRegister;
import java.util.ArrayDeque;
import java.util.Optional;
import java.util.Queue;
import java.util.function.Consumer;

/** One process' register, on its disk; one request at a time. */
final class SimAcceptor {
    private record Waiting(AcceptorRequest request, Consumer<AcceptorReply> answer) {}

    private final PaxosFlaw flaw;
    private final int at;
    private final AcceptorId id;
    private final SimNet net;
    private final Truth truth;
    private final ThreePhaseTrace trace;
    private final Queue<Waiting> waiting = new ArrayDeque<>();
    private PaxosRegister durable = PaxosRegister.blank();
    /** The same, but for bugs. */
    private PaxosRegister current = durable;

    private boolean saving;

    SimAcceptor(PaxosFlaw flaw, int at, AcceptorId id, SimNet net, Truth truth, ThreePhaseTrace trace) {
        this.flaw = flaw;
        this.at = at;
        this.id = id;
        this.net = net;
        this.truth = truth;
        this.trace = trace;
    }

    AcceptorId id() {
        return id;
    }

    PaxosRegister register() {
        return current;
    }

    void asked(AcceptorRequest request, Consumer<AcceptorReply> answer) {
        waiting.add(new Waiting(request, answer));
        next();
    }

    void crash() {
        waiting.clear();
        saving = false;
        current = durable;
    }

    private void next() {
        while (!saving && !waiting.isEmpty()) {
            Waiting one = waiting.remove();
            step(one.request()).accept(new Steps(one));
        }
    }

    private AcceptorStep step(AcceptorRequest request) {
        boolean isAccept = request instanceof AcceptorRequest.Accept;
        return flaw == PaxosFlaw.ACCEPTS_BELOW_ITS_PROMISE && isAccept && !current.isForgotten()
                ? new PaxosRegister(Optional.empty(), current.accepted(), PaxosRegister.Memory.KEPT).step(request)
                : current.step(request);
    }

    /** One method a step. */
    private final class Steps implements AcceptorStep.Handler<Boolean> {
        private final Waiting request;

        Steps(Waiting request) {
            this.request = request;
        }

        @Override
        public Boolean answer(AcceptorStep.Answer step) {
            request.answer().accept(step.reply());
            return true;
        }

        @Override
        public Boolean save(AcceptorStep.Save step) {
            PaxosRegister next = step.register();
            if (flaw == PaxosFlaw.ANSWERS_BLANK_AFTER_FORGETTING && next.isForgotten()) {
                durable = PaxosRegister.blank();
                current = durable;
                return true;
            }
            if (isKeptInMemoryOnly(next)) {
                current = next;
                request.answer().accept(step.onceDurable(new AcceptorStep.Receipt(next)));
                return true;
            }
            saving = true;
            if (flaw == PaxosFlaw.SAYS_BEFORE_IT_IS_DURABLE) {
                request.answer().accept(step.onceDurable(new AcceptorStep.Receipt(next)));
            }
            net.disk(at, "saves " + next, () -> saved(step));
            return true;
        }

        private void saved(AcceptorStep.Save step) {
            trace.saved(at, durable, step.register());
            durable = step.register();
            current = durable;
            saving = false;
            truth.saved(id, durable);
            if (flaw != PaxosFlaw.SAYS_BEFORE_IT_IS_DURABLE) {
                request.answer().accept(step.onceDurable(new AcceptorStep.Receipt(durable)));
            }
            next();
        }
    }

    private boolean isKeptInMemoryOnly(PaxosRegister next) {
        boolean isPromise = next.accepted().equals(current.accepted());
        return !next.isForgotten()
                && ((flaw == PaxosFlaw.PROMISE_IS_NOT_DURABLE && isPromise)
                        || (flaw == PaxosFlaw.ACCEPTED_IS_NOT_DURABLE && !isPromise));
    }
}
