package dev.assent.event;

/**
 * One thing that has happened. Each family is a sealed interface of records with a {@code Handler} of its own; the names
 * of records and of their components are what pages and scripts see, and so are kept.
 */
public sealed interface Event
        permits BranchEvent,
                MemberEvent,
                OutboxEvent,
                RecoveryEvent,
                SessionEvent,
                ShardEvent,
                StepEvent,
                TransactionEvent {

    void accept(Handler handler);

    /** What it is called where it is shown, as {@code branch.voted}: the family's name and the record's. */
    default String name() {
        return name(getClass());
    }

    /** What events of that record are called. */
    static String name(Class<? extends Event> type) {
        String family = type.getInterfaces()[0].getSimpleName();
        return decapitalized(family.substring(
                        0, family.length() - Event.class.getSimpleName().length())) + "."
                + decapitalized(type.getSimpleName());
    }

    private static String decapitalized(String name) {
        return Character.toLowerCase(name.charAt(0)) + name.substring(1);
    }

    /** One method a family. */
    interface Handler {
        void transaction(TransactionEvent event);

        void branch(BranchEvent event);

        void step(StepEvent event);

        void recovery(RecoveryEvent event);

        void shard(ShardEvent event);

        void member(MemberEvent event);

        void session(SessionEvent event);

        void outbox(OutboxEvent event);
    }
}
