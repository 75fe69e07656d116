package dev.assent.tx.protocol;

import dev.assent.tx.model.Outcome;
import java.util.function.Consumer;

/**
 * Who has been told how one transaction ends: its caller and its listeners, each once, the caller perhaps before
 * anything is certain. Belongs to one protocol's machine.
 */
public final class OutcomeTelling {
    private final Consumer<TransactionCommand> commands;
    private boolean answered;
    private boolean learned;

    public OutcomeTelling(Consumer<TransactionCommand> commands) {
        this.commands = commands;
    }

    /** Tells the caller, unless that was told something. */
    public void answer(Outcome outcome) {
        if (!answered) {
            answered = true;
            commands.accept(new TransactionCommand.Answer(outcome));
        }
    }

    /** Tells the listeners, unless they have heard how it ended. */
    public void learn(Outcome outcome) {
        if (!learned) {
            learned = true;
            commands.accept(new TransactionCommand.Learned(outcome));
        }
    }

    /** Tells whoever was not told, and that nothing is left to do. */
    public void finish(Outcome outcome) {
        answer(outcome);
        learn(outcome);
        commands.accept(new TransactionCommand.Finish());
    }

    public boolean hasAnswered() {
        return answered;
    }
}
