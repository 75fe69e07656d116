package dev.assent.tx.protocol.threephase;

import dev.assent.tx.model.Decision;
import dev.assent.tx.protocol.Message;
import dev.assent.tx.protocol.paxos.ProposerCommand;

/** What terminating a transaction wants beyond what acceptors are asked. */
public sealed interface TerminationCommand extends Message<TerminationCommand.Handler> {

    /** It is chosen: end your own branches so, and tell the other participants and the coordinator. */
    record Obey(Decision chosen) implements TerminationCommand {
        @Override
        public void accept(Handler handler) {
            handler.obey(this);
        }
    }

    /**
     * The acceptors have forgotten it, so every participant has ended. A COMMIT was recorded before that: whoever finds no
     * record now may say that it was rolled back.
     */
    record FindRecord() implements TerminationCommand {
        @Override
        public void accept(Handler handler) {
            handler.findRecord(this);
        }
    }

    /** One method a record, those of the proposer among them. */
    interface Handler extends ProposerCommand.Handler {
        void obey(Obey command);

        void findRecord(FindRecord command);
    }
}
