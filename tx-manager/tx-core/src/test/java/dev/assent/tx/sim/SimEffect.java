package dev.assent.tx.sim;

import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Something sent: first it takes effect, later its answer arrives; either may be lost. */
final class SimEffect {
    private static final int NO_BRANCH = -1;

    private final SimTransaction of;
    private final Supplier<Runnable> act;
    private final Runnable withoutAnswer;
    private final Runnable unsent;
    private final @Nullable SimResource target;
    private final int branch;
    private final boolean prepares;
    private @Nullable Runnable answer;
    private boolean hung;

    /** To the store, or to nobody. */
    SimEffect(SimTransaction of, Supplier<Runnable> act, Runnable withoutAnswer) {
        this(of, act, withoutAnswer, withoutAnswer, NO_BRANCH, false);
    }

    SimEffect(
            SimTransaction of,
            Supplier<Runnable> act,
            Runnable withoutAnswer,
            Runnable unsent,
            int branch,
            boolean prepares) {
        this.of = of;
        this.act = act;
        this.withoutAnswer = withoutAnswer;
        this.unsent = unsent;
        this.target = branch == NO_BRANCH ? null : of.resource(branch);
        this.branch = branch;
        this.prepares = prepares;
    }

    /** Neither answered nor failed, until {@link #thaw} or the end of anybody's waiting for it. */
    void hang() {
        hung = true;
    }

    void thaw() {
        hung = false;
    }

    boolean isHung() {
        return hung;
    }

    boolean hasTakenEffect() {
        return answer != null;
    }

    void takeEffect() {
        answer = act.get();
    }

    /** The next half: effect, then answer. */
    void advance() {
        Runnable known = answer;
        if (known == null) {
            takeEffect();
        } else {
            of.pending().remove(this);
            known.run();
        }
    }

    void loseAnswer() {
        of.pending().remove(this);
        withoutAnswer.run();
    }

    /** It never leaves the coordinator, and the coordinator knows. */
    void doNotSend() {
        if (hasTakenEffect()) {
            advance();
        } else {
            of.pending().remove(this);
            unsent.run();
        }
    }

    /** Somebody ends the branch that it is about, if that is prepared. */
    boolean endByHand(SimResource.State how) {
        SimResource resource = target;
        boolean wasPrepared = resource != null && resource.endByHand(of.xid(branch), how);
        if (wasPrepared) {
            of.hands().ended(branch, how, of.answer() != null);
        }
        return wasPrepared;
    }

    /** A prepare that nobody has answered. */
    boolean isHangingPrepare() {
        return prepares && hung;
    }

    int branch() {
        return branch;
    }

    Runnable withoutAnswer() {
        return withoutAnswer;
    }

    @Nullable
    SimResource target() {
        return target;
    }
}
