package dev.assent.shop.drills.plan;

import dev.assent.shop.drills.plan.Invariant.AnswersTrue;
import dev.assent.shop.drills.plan.Invariant.NothingLostOrDoubled;
import dev.assent.shop.drills.plan.Invariant.NothingPreparedAfter;
import dev.assent.shop.drills.plan.Invariant.PauseAtMost;
import dev.assent.shop.drills.plan.Invariant.ServedAgainWithin;
import dev.assent.shop.drills.plan.Invariant.Struck;
import dev.assent.shop.drills.plan.Invariant.UnknownAtMost;
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
                isWithin(seen.preparedForMillis(), invariant.bound()),
                seen.preparedForMillis()
                        .map(millis -> "nothing was prepared any more after " + millis + " ms")
                        .orElse("something stayed prepared"));
    }

    @Override
    public Verdict pauseAtMost(PauseAtMost invariant) {
        long longest = seen.longestPauseMillis(seen.struckAtMillis().orElse(0L));
        return new Verdict(
                invariant.text(),
                longest <= invariant.bound().toMillis(),
                "longest pause " + longest + " ms; before the fault " + seen.baselinePauseMillis() + " ms");
    }

    @Override
    public Verdict unknownAtMost(UnknownAtMost invariant) {
        long told = seen.total().unknown();
        return new Verdict(
                invariant.text(),
                told <= invariant.bound() && seen.unknownLeft() == 0,
                told + " were told, " + seen.unknownLeft() + " stayed so");
    }

    @Override
    public Verdict struck(Struck invariant) {
        long before = seen.struckAtMillis().map(seen::committedAt).orElse(0L);
        return new Verdict(
                invariant.text(),
                before > 0,
                seen.struckAtMillis().isEmpty() ? "its moment never came" : before + " commits before it");
    }

    @Override
    public Verdict servedAgainWithin(ServedAgainWithin invariant) {
        return new Verdict(
                invariant.text(),
                isWithin(seen.servedAgainMillis(), invariant.bound()),
                seen.servedAgainMillis()
                        .map(millis -> "the next commit came after " + millis + " ms")
                        .orElse("no commit came"));
    }

    private static boolean isWithin(Optional<Long> millis, Duration bound) {
        return millis.isPresent() && millis.get() <= bound.toMillis();
    }

    private static Verdict none(Invariant invariant, List<String> faults) {
        String reason = faults.isEmpty() ? "none was found that is not so" : String.join("; ", faults);
        return new Verdict(invariant.text(), faults.isEmpty(), reason);
    }
}
