package dev.assent.outbox.policy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.assent.outbox.policy.Owners.Decisions;
import java.util.Optional;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/** Owners that are paused anywhere and replaced, while marks hang at the broker; and bugs, each of which is noticed. */
final class OwnersSimulationTest {
    private static final int SEEDS = 3_000;
    private static final int STEPS = 400;

    private static long passedOver(Decisions decisions) {
        return LongStream.range(0, SEEDS)
                .map(seed -> {
                    try {
                        return new Owners(seed, decisions).run(STEPS);
                    } catch (AssertionError e) {
                        throw new AssertionError("seed " + seed + ": " + e.getMessage(), e);
                    }
                })
                .sum();
    }

    private static void isNoticed(Decisions planted, String broken) {
        assertThatThrownBy(() -> passedOver(planted))
                .isInstanceOf(AssertionError.class)
                .hasMessageContaining(broken);
    }

    @Test
    void a_replaced_owner_publishes_nothing_more_wherever_it_was_paused() {
        assertThat(passedOver(new Decisions()))
                .as("takeovers that pass over an id whose last transaction is ending")
                .isGreaterThan(SEEDS / 10);
    }

    @Test
    void a_commit_that_does_not_ask_whose_the_shard_is_is_noticed() {
        isNoticed(
                new Decisions() {
                    @Override
                    GuardedCommit.Steps<Boolean> guarded(GuardedCommit.Steps<Boolean> steps) {
                        return new Misguided(steps, false);
                    }
                },
                "has read since");
    }

    @Test
    void a_commit_that_asks_before_its_records_are_acknowledged_is_noticed() {
        isNoticed(
                new Decisions() {
                    @Override
                    GuardedCommit.Steps<Boolean> guarded(GuardedCommit.Steps<Boolean> steps) {
                        return new Misguided(steps, true);
                    }
                },
                "has read since");
    }

    @Test
    void a_takeover_that_passes_over_an_open_transaction_is_noticed() {
        isNoticed(
                new Decisions() {
                    @Override
                    boolean mayBePassedOver(LastTransaction last) {
                        return last.mayBePassedOver() || last == LastTransaction.OPEN;
                    }
                },
                "has read since");
    }

    /** The same steps, in another order. */
    private record Misguided(GuardedCommit.Steps<Boolean> steps, boolean isAsked)
            implements GuardedCommit.Steps<Boolean> {
        @Override
        public Optional<Boolean> send() {
            return isAsked ? steps.checkOwnership() : Optional.empty();
        }

        @Override
        public Optional<Boolean> checkOwnership() {
            return steps.send();
        }

        @Override
        public Boolean commit() {
            return steps.commit();
        }
    }
}
