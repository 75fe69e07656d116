package dev.assent.shop.drills.run;

import dev.assent.shop.drills.plan.Audit;
import dev.assent.shop.drills.plan.Drill;
import dev.assent.shop.drills.plan.Invariant;
import dev.assent.shop.drills.plan.Judgement;
import dev.assent.shop.drills.plan.PlantedBug;
import dev.assent.shop.drills.plan.Seen;
import dev.assent.shop.platform.Pauses;
import java.io.IOException;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/** Runs one drill on a target that serves: baseline, strike, heal, watch, rest, judgement. */
public final class DrillRun {
    private static final long LOOK_MILLIS = 20;

    private final DrillTarget target;
    private final Pace pace;
    private final Consumer<String> progress;

    /**
     * How long is watched.
     *
     * @param baseline before the fault, and until there were {@code baselineCommits}
     * @param faultMax a fault that would last longer is healed then
     * @param patience for the baseline's commits, for those before and after the healing, and for rest
     * @param after the healing
     */
    public record Pace(Duration baseline, int baselineCommits, Duration faultMax, Duration after, Duration patience) {
        /** For runs by command. */
        public static final Pace STANDARD =
                new Pace(Duration.ofSeconds(3), 20, Duration.ofDays(1), Duration.ofSeconds(3), Duration.ofSeconds(60));

        /** For the build, whose machine may be slow: it hurries, and waits longer for what does not come. */
        public static final Pace BRISK = new Pace(
                Duration.ofMillis(500), 5, Duration.ofSeconds(1), Duration.ofMillis(200), Duration.ofSeconds(120));
    }

    public DrillRun(DrillTarget target, Pace pace, Consumer<String> progress) {
        this.target = target;
        this.pace = pace;
        this.progress = progress;
    }

    /**
     * Runs it once.
     *
     * @throws IOException the target could not be struck or healed
     */
    public Result run(Drill drill, Optional<PlantedBug> bug, int round, long seed)
            throws IOException, InterruptedException, SQLException {
        target.open(seed);
        Watch watch = Watch.begin(target, progress);
        List<String> unserved = new ArrayList<>();
        Optional<Long> struck;
        long healed;
        long ended;
        DrillTarget.Rest rest;
        try {
            watch.say("callers are at work");
            boolean isAtWork = awaitCommits(
                    pace.baselineCommits(), watch.nowMillis() + pace.baseline().toMillis(), watch);
            struck = isAtWork ? struckAndHealed(drill, bug, watch, unserved) : Optional.empty();
            healed = watch.nowMillis();
            if (struck.isPresent()) {
                watch.say("healed");
                boolean unused = awaitCommits(1, healed + pace.after().toMillis(), watch);
            } else {
                watch.say(isAtWork ? "the moment never came; nothing was done" : "nobody commits; nothing was done");
            }
            target.closeDoors();
            ended = watch.nowMillis();
            watch.say("the last caller has an answer");
            rest = target.rest(pace.patience());
            watch.say("at rest: "
                    + rest.preparedFor()
                            .map(since -> "nothing was prepared after " + since.toMillis() + " ms")
                            .orElse("something stays prepared"));
        } finally {
            target.closeDoors();
            watch.close();
        }
        Audit audit = target.audit();
        Seen seen = new Seen(
                watch.samples(),
                watch.timeline(),
                struck,
                healed,
                unserved,
                ended,
                rest.preparedFor().map(Duration::toMillis),
                rest.unknownLeft(),
                audit);
        return new Result(drill, target.name(), round, seed, bug, seen, Judgement.of(target.invariants(drill), seen));
    }

    /** When it was struck: before whoever was cut off there may do anything. */
    private Optional<Long> struckAndHealed(Drill drill, Optional<PlantedBug> bug, Watch watch, List<String> unserved)
            throws IOException, InterruptedException, SQLException {
        watch.say("fault: " + drill.fault().text()
                + bug.map(planted -> "; planted bug: " + planted.text()).orElse(""));
        long atMillis = watch.mark();
        boolean isAsked = drill.invariants().stream().anyMatch(Invariant.ServedMeanwhile.class::isInstance);
        DrillTarget.Meanwhile meanwhile = isAsked
                ? since -> awaitServed(since, target.counts().committed(), watch, unserved)
                : DrillTarget.Meanwhile.NOT_ASKED;
        Optional<DrillTarget.Healing> healing = target.strike(drill.fault(), bug, watch::say, meanwhile);
        if (healing.isEmpty()) {
            return Optional.empty();
        }
        long committed = target.counts().committed();
        Pauses.pause(Math.min(drill.fault().lasts().toMillis(), pace.faultMax().toMillis()));
        if (isAsked) {
            awaitServed("the fault came", committed, watch, unserved);
        }
        healing.get().heal(watch::say);
        return Optional.of(atMillis);
    }

    /**
     * Each caller may have been about to hear of one commit when the fault came: one more is of work begun since.
     *
     * @param before commits that there were then
     */
    private void awaitServed(String since, long before, Watch watch, List<String> unserved)
            throws InterruptedException {
        if (!unserved.isEmpty()) {
            return; // one is enough to be told
        }
        if (awaitGoal(before + target.callers() + 1, watch.nowMillis(), watch)) {
            watch.say("served since " + since);
        } else {
            String told = "nobody was within " + pace.patience().toSeconds() + " s since " + since;
            unserved.add(told);
            watch.say(told);
        }
    }

    /** Until there are so many more and it is that late; whether they came. */
    private boolean awaitCommits(int more, long untilMillis, Watch watch) throws InterruptedException {
        return awaitGoal(target.counts().committed() + more, untilMillis, watch);
    }

    private boolean awaitGoal(long goal, long untilMillis, Watch watch) throws InterruptedException {
        long giveUpMillis = watch.nowMillis() + pace.patience().toMillis();
        while ((target.counts().committed() < goal || watch.nowMillis() < untilMillis)
                && watch.nowMillis() < giveUpMillis) {
            Pauses.pause(LOOK_MILLIS);
        }
        return target.counts().committed() >= goal;
    }
}
