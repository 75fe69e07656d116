package dev.assent.tx.protocol.paxos;

import dev.assent.invariants.Invariants;

/** What an acceptor does with a request. */
public sealed interface AcceptorStep {

    /** Says what was durable before. */
    record Answer(AcceptorReply reply) implements AcceptorStep {
        @Override
        public <R> R accept(Handler<R> handler) {
            return handler.answer(this);
        }
    }

    /** Must be durable before anything is said; so the reply is handed out against a receipt. */
    final class Save implements AcceptorStep {
        private final PaxosRegister register;
        private final AcceptorReply reply;

        Save(PaxosRegister register, AcceptorReply reply) {
            this.register = register;
            this.reply = reply;
        }

        /** What is to be made durable. */
        public PaxosRegister register() {
            return register;
        }

        public AcceptorReply onceDurable(Receipt receipt) {
            Invariants.check(receipt.durable().equals(register), "a reply rests on what is durable");
            return reply;
        }

        @Override
        public <R> R accept(Handler<R> handler) {
            return handler.save(this);
        }
    }

    /** That a register is durable. Made by whoever has seen to that, after it, and by nobody else. */
    record Receipt(PaxosRegister durable) {}

    <R> R accept(Handler<R> handler);

    /** One method a step. */
    interface Handler<R> {
        R answer(Answer step);

        R save(Save step);
    }
}
