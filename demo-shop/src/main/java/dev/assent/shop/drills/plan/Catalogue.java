package dev.assent.shop.drills.plan;

import dev.assent.shop.drills.plan.Fault.ClockAhead;
import dev.assent.shop.drills.plan.Fault.Direction;
import dev.assent.shop.drills.plan.Fault.Disk;
import dev.assent.shop.drills.plan.Fault.DiskTrouble;
import dev.assent.shop.drills.plan.Fault.Duplicates;
import dev.assent.shop.drills.plan.Fault.Expiry;
import dev.assent.shop.drills.plan.Fault.Freeze;
import dev.assent.shop.drills.plan.Fault.HostLost;
import dev.assent.shop.drills.plan.Fault.Kill;
import dev.assent.shop.drills.plan.Fault.Partition;
import dev.assent.shop.drills.plan.Fault.RollingRestart;
import dev.assent.shop.drills.plan.Invariant.AnswersTrue;
import dev.assent.shop.drills.plan.Invariant.NothingLostOrDoubled;
import dev.assent.shop.drills.plan.Invariant.NothingPreparedAfter;
import dev.assent.shop.drills.plan.Invariant.PauseAtMost;
import dev.assent.shop.drills.plan.Invariant.ServedAgainWithin;
import dev.assent.shop.drills.plan.Invariant.ServedMeanwhile;
import dev.assent.shop.drills.plan.Invariant.Struck;
import dev.assent.shop.drills.plan.Invariant.UnknownAtMost;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Every drill, the most telling first. */
public final class Catalogue {
    /** A dead or silent node costs so much: missing it, and the shards' move. Above what a busy machine adds. */
    static final PauseAtMost TAKEOVER = new PauseAtMost("a node's work is taken over", Duration.ofSeconds(4));

    /** Whom customers do not meet costs them nothing; what is above that is the machine's. */
    static final PauseAtMost UNNOTICED = new PauseAtMost("customers do not need it", Duration.ofSeconds(3));

    /** What everybody needs is away: as long as that, and its start, and the customers' way back. */
    static final PauseAtMost OUTAGE = new PauseAtMost("everybody needs it", Duration.ofSeconds(40));

    /** A disk that stalls is nobody's failure until the store's sync limit is over (4 s); then it elects, as above. */
    static final PauseAtMost STALL =
            new PauseAtMost("a silent disk is missed, and its work taken over", Duration.ofSeconds(10));

    /** Longer than whatever waits for a disk may wait. */
    private static final Duration STALL_LASTS = Duration.ofSeconds(15);

    /** Above every time-out and retention that is compared with a wall clock, and below the life of a certificate. */
    private static final Duration AHEAD = Duration.ofDays(2);

    private static final Duration DOWNTIME = Duration.ofSeconds(5);
    private static final Duration BRIEF = Duration.ofSeconds(3);
    private static final Duration REST = Duration.ofSeconds(30);

    /** The callers that a target sends at least; each may be left without an answer once by one blow. */
    private static final int CALLERS = 6;

    private Catalogue() {}

    public static List<Drill> all() {
        List<Drill> drills = new ArrayList<>(leader());
        drills.addAll(others());
        drills.addAll(silent());
        drills.addAll(clocks());
        drills.addAll(hosts());
        drills.addAll(events());
        return drills;
    }

    /** The one of that name. */
    public static Optional<Drill> named(String name) {
        return all().stream().filter(drill -> drill.name().equals(name)).findFirst();
    }

    private static List<Drill> leader() {
        return List.of(
                drill(
                        "kill-leader-between-commits",
                        "When a coordinator dies between two commits, the last branch is committed too.",
                        new Kill(Role.LEADER, Moment.BETWEEN_COMMITS, DOWNTIME),
                        goesOn(TAKEOVER, CALLERS),
                        PlantedBug.DECISION_NOT_KEPT),
                drill(
                        "kill-leader-after-decision",
                        "When a coordinator dies after its decision, another one carries it out.",
                        new Kill(Role.LEADER, Moment.AFTER_DECISION, DOWNTIME),
                        goesOn(TAKEOVER, CALLERS),
                        PlantedBug.NO_TAKEOVER),
                drill(
                        "kill-leader-after-prepare",
                        "When a coordinator dies before its decision, every branch is rolled back, and soon.",
                        new Kill(Role.LEADER, Moment.AFTER_PREPARE, DOWNTIME),
                        goesOn(TAKEOVER, CALLERS),
                        PlantedBug.NO_TAKEOVER),
                drill(
                        "kill-leader",
                        "When a coordinator dies, the others go on with its work.",
                        new Kill(Role.LEADER, Moment.ANY, DOWNTIME),
                        goesOn(TAKEOVER, CALLERS),
                        PlantedBug.NO_TAKEOVER),
                drill(
                        "freeze-leader",
                        "When a coordinator neither answers nor fails, the others go on with its work.",
                        new Freeze(Role.LEADER, Moment.ANY, DOWNTIME),
                        goesOn(TAKEOVER, CALLERS),
                        PlantedBug.NO_TAKEOVER),
                drill(
                        "partition-leader",
                        "When services do not reach a coordinator that runs, nothing is lost, and all go on when they do.",
                        new Partition(Role.LEADER, Moment.BETWEEN_COMMITS, Direction.BOTH, BRIEF),
                        holds(OUTAGE, 2 * CALLERS),
                        PlantedBug.ENDED_BY_GUESS),
                drill(
                        "partition-leader-one-way",
                        "When a coordinator's answers are lost, what it did on request is neither lost nor done twice.",
                        new Partition(Role.LEADER, Moment.BETWEEN_COMMITS, Direction.ANSWERS_LOST, BRIEF),
                        holds(OUTAGE, 2 * CALLERS),
                        PlantedBug.ENDED_BY_GUESS));
    }

    private static List<Drill> others() {
        return List.of(
                drill(
                        "kill-follower",
                        "When a node dies that does not coordinate most, the others go on.",
                        new Kill(Role.FOLLOWER, Moment.ANY, DOWNTIME),
                        goesOn(TAKEOVER, CALLERS),
                        PlantedBug.NO_TAKEOVER),
                drill(
                        "kill-quorum",
                        "Without a majority nothing is decided; what was decided before is carried out afterwards.",
                        new Kill(Role.QUORUM, Moment.BETWEEN_COMMITS, BRIEF),
                        holds(OUTAGE, 2 * CALLERS),
                        PlantedBug.DECISION_NOT_KEPT),
                drill(
                        "kill-service",
                        "When a service dies with a prepared branch, the branch is ended as decided once it is back.",
                        new Kill(Role.SERVICE, Moment.BETWEEN_COMMITS, BRIEF),
                        holds(OUTAGE, CALLERS),
                        PlantedBug.ENDED_BY_GUESS),
                drill(
                        "kill-database",
                        "When a database dies with a prepared branch, the branch is ended as decided once it is back.",
                        new Kill(Role.DATABASE, Moment.BETWEEN_COMMITS, BRIEF),
                        holds(OUTAGE, 2 * CALLERS),
                        PlantedBug.ENDED_BY_GUESS),
                drill(
                        "kill-relay",
                        "When the relay dies, customers notice nothing, and every event has its effect once.",
                        new Kill(Role.RELAY, Moment.ANY, BRIEF),
                        goesOn(UNNOTICED, 0),
                        PlantedBug.OUTBOX_NOT_KEPT),
                drill(
                        "kill-broker",
                        "When the broker dies, customers notice nothing, and every event has its effect once.",
                        new Kill(Role.BROKER, Moment.ANY, BRIEF),
                        goesOn(UNNOTICED, 0),
                        PlantedBug.OUTBOX_NOT_KEPT),
                drill(
                        "rolling-restart",
                        "When the nodes are restarted in turn, nobody waits longer than for a take-over.",
                        new RollingRestart(),
                        goesOn(TAKEOVER, CALLERS),
                        PlantedBug.NO_TAKEOVER));
    }

    private static List<Drill> silent() {
        return List.of(
                drill(
                        "freeze-service",
                        "When a service neither answers nor fails, its checkouts wait, and none is lost.",
                        new Freeze(Role.SERVICE, Moment.BETWEEN_COMMITS, DOWNTIME),
                        holds(OUTAGE, 2 * CALLERS),
                        PlantedBug.ENDED_BY_GUESS),
                drill(
                        "freeze-database",
                        "When a database neither answers nor fails, its checkouts wait, and none is lost.",
                        new Freeze(Role.DATABASE, Moment.BETWEEN_COMMITS, DOWNTIME),
                        holds(OUTAGE, 2 * CALLERS),
                        PlantedBug.ENDED_BY_GUESS),
                drill(
                        "freeze-broker",
                        "When the broker neither answers nor fails, customers notice nothing, and no event is lost.",
                        new Freeze(Role.BROKER, Moment.ANY, DOWNTIME),
                        goesOn(UNNOTICED, 0),
                        PlantedBug.OUTBOX_NOT_KEPT),
                drill(
                        "leader-disk-stalls",
                        "When the disk under a coordinator does not answer, the others go on with its work.",
                        new Disk(Role.LEADER, DiskTrouble.STALLS, STALL_LASTS),
                        goesOn(STALL, 2 * CALLERS),
                        PlantedBug.NO_TAKEOVER),
                drill(
                        "leader-disk-full",
                        "When the disk under a coordinator is full, its store ends loudly and the others go on.",
                        new Disk(Role.LEADER, DiskTrouble.FULL, DOWNTIME),
                        goesOn(TAKEOVER, CALLERS),
                        PlantedBug.NO_TAKEOVER));
    }

    private static List<Drill> clocks() {
        return List.of(
                drill(
                        "clock-ahead-leader",
                        "When a coordinator's clock is two days ahead, what was decided is carried out, and the others go on.",
                        new ClockAhead(Role.LEADER, Moment.BETWEEN_COMMITS, AHEAD, DOWNTIME),
                        goesOn(TAKEOVER, CALLERS),
                        PlantedBug.ENDED_BY_GUESS),
                drill(
                        "clock-ahead-service",
                        "When a service's clock is two days ahead, what was decided is carried out all the same.",
                        new ClockAhead(Role.SERVICE, Moment.BETWEEN_COMMITS, AHEAD, DOWNTIME),
                        holds(OUTAGE, CALLERS),
                        PlantedBug.ENDED_BY_GUESS));
    }

    private static List<Drill> hosts() {
        return List.of(
                drill(
                        "service-elsewhere",
                        "When a service's host is lost, its branches are ended as decided by one that has nothing of it.",
                        new HostLost(Role.SERVICE, Moment.BETWEEN_COMMITS, BRIEF),
                        holds(OUTAGE, CALLERS),
                        PlantedBug.ENDED_BY_GUESS),
                drill(
                        "certificate-expires",
                        "When a certificate expires its owner is let in nowhere, and is with a new one without a restart.",
                        new Expiry(Role.SERVICE, BRIEF),
                        holds(OUTAGE, 2 * CALLERS),
                        PlantedBug.RENEWAL_NOT_SEEN));
    }

    private static List<Drill> events() {
        return List.of(drill(
                "duplicate-events",
                "When events come again, behind newer ones, they have no second effect.",
                new Duplicates(),
                holds(UNNOTICED, 0),
                PlantedBug.INBOX_NOT_KEPT));
    }

    private static List<Invariant> holds(PauseAtMost pause, int unknownMax) {
        return List.of(
                new Struck(),
                new AnswersTrue(),
                new NothingLostOrDoubled(),
                new NothingPreparedAfter(REST),
                pause,
                new ServedAgainWithin(REST),
                new UnknownAtMost(unknownMax));
    }

    /** The same, where somebody is struck whom customers can do without. */
    private static List<Invariant> goesOn(PauseAtMost pause, int unknownMax) {
        List<Invariant> all = new ArrayList<>(holds(pause, unknownMax));
        all.add(new ServedMeanwhile());
        return all;
    }

    private static Drill drill(
            String name, String hypothesis, Fault fault, List<Invariant> invariants, PlantedBug bug) {
        return new Drill(name, hypothesis, fault.accept(new Needs()), fault, invariants, bug);
    }

    /** Whom a fault strikes, and who else must be there for it to mean anything. */
    private static final class Needs implements Fault.Handler<Set<Role>> {
        @Override
        public Set<Role> kill(Kill kill) {
            return Set.of(kill.role());
        }

        @Override
        public Set<Role> freeze(Freeze freeze) {
            return Set.of(freeze.role());
        }

        @Override
        public Set<Role> partition(Partition partition) {
            return Set.of(partition.role());
        }

        @Override
        public Set<Role> disk(Disk disk) {
            return Set.of(disk.role());
        }

        @Override
        public Set<Role> duplicates(Duplicates duplicates) {
            return Set.of(Role.BROKER, Role.SERVICE);
        }

        @Override
        public Set<Role> rollingRestart(RollingRestart rollingRestart) {
            return Set.of(Role.LEADER, Role.FOLLOWER);
        }

        @Override
        public Set<Role> clockAhead(ClockAhead clockAhead) {
            return Set.of(clockAhead.role());
        }

        @Override
        public Set<Role> expiry(Expiry expiry) {
            return Set.of(expiry.role());
        }

        @Override
        public Set<Role> hostLost(HostLost hostLost) {
            return Set.of(hostLost.role());
        }
    }
}
