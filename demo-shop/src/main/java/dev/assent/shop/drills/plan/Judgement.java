package dev.assent.shop.drills.plan;

import dev.assent.shop.drills.plan.Invariant.AnswersTrue;
import dev.assent.shop.drills.plan.Invariant.NothingLostOrDoubled;
import dev.assent.shop.drills.plan.Invariant.NothingPreparedAfter;
import dev.assent.shop.drills.plan.Invariant.PauseAtMost;
import dev.assent.shop.drills.plan.Invariant.ServedAgainWithin;
import dev.assent.shop.drills.plan.Invariant.ServedMeanwhile;
import dev.assent.shop.drills.plan.Invariant.Struck;
import dev.assent.shop.drills.plan.Invariant.UnknownAtMost;
import dev.assent.shop.drills.plan.Verdict.Outcome;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** Makes a verdict for each invariant of what was seen. */
public final class Judgement implements Invariant.Handler<Verdict> {
    private final Seen seen;

    private Judgement(Seen seen) {
        this.seen = seen;
    }

    public static List<Verdict> of(List<Invariant> invariants, Seen seen) {
        Judgement judgement = new Judgement(seen);
        return invariants.stream().map(invariant -> invariant.accept(judgement)).toList();
    }

    @Override
    public Verdict answersTrue(AnswersTrue invariant) {
        return none(invariant, seen.audit().untrue());
    }

    @Override
    public Verdict nothingLostOrDoubled(NothingLostOrDoubled invariant) {
        return none(invariant, seen.audit().lostOrDoubled());
    }

    @Override
    public Verdict nothingPreparedAfter(NothingPreparedAfter invariant) {
        return new Verdict(
                invariant.text(),
                within(seen.preparedForMillis(), invariant.bound()),
                seen.preparedForMillis()
                        .map(millis -> "nothing was prepared any more after " + millis + " ms")
                        .orElse("something stayed prepared"));
    }

    @Override
    public Verdict pauseAtMost(PauseAtMost invariant) {
        long longest = seen.longestPauseMillis(seen.struckAtMillis().orElse(0L));
        return new Verdict(
                invariant.text(),
                longest <= invariant.bound().toMillis() ? Outcome.HELD : Outcome.LATE,
                "longest pause " + longest + " ms; before the fault " + seen.baselinePauseMillis() + " ms");
    }

    /** Who waits for too long is told "unknown", which is late; what is never known is wrong. */
    @Override
    public Verdict unknownAtMost(UnknownAtMost invariant) {
        long told = seen.total().unknown();
        Outcome outcome = told <= invariant.bound() ? Outcome.HELD : Outcome.LATE;
        return new Verdict(
                invariant.text(),
                seen.unknownLeft() == 0 ? outcome : Outcome.BROKEN,
                told + " were told, " + seen.unknownLeft() + " stayed so");
    }

    @Override
    public Verdict struck(Struck invariant) {
        long before = seen.struckAtMillis().map(seen::committedAt).orElse(0L);
        return new Verdict(
                invariant.text(),
                before > 0 ? Outcome.HELD : Outcome.BROKEN,
                seen.struckAtMillis().isEmpty() ? "its moment never came" : before + " commits before it");
    }

    @Override
    public Verdict servedAgainWithin(ServedAgainWithin invariant) {
        return new Verdict(
                invariant.text(),
                within(seen.servedAgainMillis(), invariant.bound()),
                seen.servedAgainMillis()
                        .map(millis -> "the next commit came after " + millis + " ms")
                        .orElse("no commit came"));
    }

    /** Whoever heals waits for it, far longer than any bound: what does not come until then does not come. */
    @Override
    public Verdict servedMeanwhile(ServedMeanwhile invariant) {
        return new Verdict(
                invariant.text(),
                seen.unserved().isEmpty() ? Outcome.HELD : Outcome.BROKEN,
                seen.unserved().isEmpty() ? "the others went on" : String.join("; ", seen.unserved()));
    }

    private static Outcome within(Optional<Long> millis, Duration bound) {
        return millis.map(took -> took <= bound.toMillis() ? Outcome.HELD : Outcome.LATE)
                .orElse(Outcome.BROKEN);
    }

    private static Verdict none(Invariant invariant, List<String> faults) {
        return faults.isEmpty()
                ? new Verdict(invariant.text(), Outcome.HELD, "none was found that is not so")
                : new Verdict(invariant.text(), Outcome.BROKEN, String.join("; ", faults));
    }
}
