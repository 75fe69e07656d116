package dev.assent.event;

import java.util.List;
import java.util.Map;

/**
 * What the state machine of a transaction was given, and what it wanted: with it a machine of the same kind can be led the
 * same way again. Told to those listeners only that {@linkplain EventListener#wantsSteps want} it, and in the order of the
 * steps, each before its commands are carried out.
 */
public sealed interface StepEvent extends Event {
    @Override
    default void accept(Event.Handler handler) {
        handler.step(this);
    }

    void accept(Handler handler);

    /** The gtrid in hexadecimal. */
    String transaction();

    /**
     * A machine was made for the transaction's end.
     *
     * @param machine which one
     * @param branches the numbers of those that it ends; inputs and commands name them by their place here, from 0
     * @param settings what else it was made of
     */
    record Started(String transaction, String machine, List<Integer> branches, Map<String, String> settings)
            implements StepEvent {
        public Started {
            branches = List.copyOf(branches);
            settings = Map.copyOf(settings);
        }

        @Override
        public void accept(Handler handler) {
            handler.started(this);
        }
    }

    /** It took an input, and answered with commands. Immutable, as the messages are. */
    record Stepped(String transaction, Record input, List<Record> commands) implements StepEvent {
        public Stepped {
            commands = List.copyOf(commands);
        }

        @Override
        public void accept(Handler handler) {
            handler.stepped(this);
        }
    }

    /** One method an event. */
    interface Handler {
        void started(Started event);

        void stepped(Stepped event);
    }
}
