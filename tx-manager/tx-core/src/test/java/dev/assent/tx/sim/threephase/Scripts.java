package dev.assent.tx.sim.threephase;

/** Schedules that random ones seldom come to; with the production classes alone each ends well. */
final class Scripts {
    private Scripts() {}

    /**
     * Agent 0 is about to have ABORT accepted, dies, and finds after its restart that COMMIT was accepted meanwhile; its
     * old messages arrive after all.
     */
    static void proposerRestarts(PaxosFlaw flaw) {
        Schedule schedule = Schedule.preCommitting(flaw, true);
        schedule.suspectedBy(0)
                .deliver("Prepare[", 0, 1, 2)
                .deliver("Promise[", 0)
                .restart(0)
                .deliver("Accept[ballot=Ballot[round=0", 3, 4)
                .suspectedBy(0)
                .deliver("Prepare[", 0, 3, 4)
                .deliver("Promise[", 0);
        // The latest first, so that the old one comes to who has not heard of the new one.
        deliverLast(schedule, "value=COMMIT", 0);
        deliverLast(schedule, "value=COMMIT", 1);
        schedule.deliver("Accept[ballot=Ballot[round=1", 2).finish();
    }

    private static void deliverLast(Schedule schedule, String value, int to) {
        var net = schedule.world().net();
        var messages = net.ready(event -> event.isMessage()
                && event.to() == to
                && event.what().startsWith("Accept[ballot=Ballot[round=1")
                && event.what().contains(value));
        if (!messages.isEmpty()) {
            net.happen(messages.get(messages.size() - 1));
            schedule.whileAny(event -> event.kind() == SimEvent.Kind.DISK && event.to() == to);
        }
    }

    /** Two of the three that have promised agent 0 to take part in nothing lower restart before the preCommit comes. */
    static void acceptorsRestartAfterTheirPromise(PaxosFlaw flaw) {
        Schedule schedule = Schedule.preCommitting(flaw, true);
        schedule.suspectedBy(0)
                .deliver("Prepare[", 0, 1, 2)
                .deliver("Promise[", 0)
                .restart(1, 2)
                .deliver("Accept[ballot=Ballot[round=0", 1, 2, 3)
                .deliver("Accept[ballot=Ballot[round=1", 0, 1, 4)
                .finish();
    }
}
