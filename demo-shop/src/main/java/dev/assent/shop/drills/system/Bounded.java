package dev.assent.shop.drills.system;

import dev.assent.shop.drills.plan.Invariant;
import dev.assent.shop.drills.system.SystemDescription.Bounds;

/** A drill's invariants with a description's bounds instead of its own. */
final class Bounded implements Invariant.Handler<Invariant> {
    private final Bounds bounds;

    Bounded(Bounds bounds) {
        this.bounds = bounds;
    }

    @Override
    public Invariant answersTrue(Invariant.AnswersTrue invariant) {
        return invariant;
    }

    @Override
    public Invariant nothingLostOrDoubled(Invariant.NothingLostOrDoubled invariant) {
        return invariant;
    }

    @Override
    public Invariant nothingPreparedAfter(Invariant.NothingPreparedAfter invariant) {
        return new Invariant.NothingPreparedAfter(bounds.prepared().orElse(invariant.bound()));
    }

    @Override
    public Invariant pauseAtMost(Invariant.PauseAtMost invariant) {
        return bounds.pause()
                .<Invariant>map(bound -> new Invariant.PauseAtMost("bounds.pause of the description", bound))
                .orElse(invariant);
    }

    @Override
    public Invariant unknownAtMost(Invariant.UnknownAtMost invariant) {
        return new Invariant.UnknownAtMost(bounds.unknown().orElse(invariant.bound()));
    }

    @Override
    public Invariant struck(Invariant.Struck invariant) {
        return invariant;
    }

    @Override
    public Invariant servedAgainWithin(Invariant.ServedAgainWithin invariant) {
        return new Invariant.ServedAgainWithin(bounds.servedAgain().orElse(invariant.bound()));
    }

    @Override
    public Invariant servedMeanwhile(Invariant.ServedMeanwhile invariant) {
        return invariant;
    }
}
