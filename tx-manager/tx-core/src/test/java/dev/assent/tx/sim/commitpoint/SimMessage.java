package dev.assent.tx.sim.commitpoint;

import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Something sent: it takes effect, perhaps in several steps; later its answer arrives. Either may be lost. */
final class SimMessage {
    private final Supplier<Optional<Runnable>> act;
    private final Runnable withoutAnswer;
    private final int branch;
    private @Nullable Runnable answer;
    private boolean hung;

    /**
     * A message on its way.
     *
     * @param act takes the next step, and gives what its answer does, or nothing while more is to come
     * @param branch whose connection it uses; negative for none
     */
    SimMessage(Supplier<Optional<Runnable>> act, Runnable withoutAnswer, int branch) {
        this.act = act;
        this.withoutAnswer = withoutAnswer;
        this.branch = branch;
    }

    boolean hasTakenEffect() {
        return answer != null;
    }

    void takeStep() {
        if (answer == null) {
            answer = act.get().orElse(null);
        }
    }

    /** The next step; true once the answer has arrived. */
    boolean advance() {
        Runnable known = answer;
        if (known == null) {
            takeStep();
            return false;
        }
        known.run();
        return true;
    }

    void lose() {
        withoutAnswer.run();
    }

    void hang() {
        hung = true;
    }

    void thaw() {
        hung = false;
    }

    boolean isHung() {
        return hung;
    }

    int branch() {
        return branch;
    }
}
