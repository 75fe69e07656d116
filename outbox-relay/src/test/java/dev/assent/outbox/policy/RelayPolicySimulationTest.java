package dev.assent.outbox.policy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import dev.assent.outbox.model.Batch;
import dev.assent.outbox.model.OutboxRecord;
import dev.assent.outbox.model.PublishOutcome;
import dev.assent.outbox.model.TopicState;
import dev.assent.outbox.policy.Simulated.Decisions;
import java.util.List;
import java.util.function.Supplier;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/** The policy under troubled topics, poisoned records and a silent broker; and bugs in it, each of which is noticed. */
final class RelayPolicySimulationTest {
    private static final int SEEDS = 10;
    private static final int ROUNDS = 600;

    @Test
    void whatever_is_troubled_keys_keep_their_order_and_bystanders_arrive() {
        LongStream.range(0, SEEDS)
                .forEach(seed -> assertThatCode(() -> new Simulated(seed, new Decisions()).run(ROUNDS))
                        .as("seed %d", seed)
                        .doesNotThrowAnyException());
    }

    private static void isNoticed(String bug, Supplier<Decisions> planted) {
        boolean isKilled = LongStream.range(0, SEEDS).anyMatch(seed -> {
            try {
                new Simulated(seed, planted.get()).run(ROUNDS);
                return false;
            } catch (AssertionError e) {
                return true;
            }
        });
        assertThat(isKilled).as(bug).isTrue();
    }

    @Test
    void an_unknown_topic_taken_for_open_is_noticed() {
        isNoticed("unknown is open", () -> new Decisions() {
            @Override
            Screening.Result result(TopicState state) {
                return state instanceof TopicState.Unknown ? new Screening.Result.Fit() : super.result(state);
            }
        });
    }

    @Test
    void a_closed_topic_taken_for_open_is_noticed() {
        isNoticed("closed is open", () -> new Decisions() {
            @Override
            Screening.Result result(TopicState state) {
                return new Screening.Result.Fit();
            }
        });
    }

    @Test
    void a_closed_topic_taken_for_the_records_fault_is_noticed() {
        isNoticed("closed is unfit", () -> new Decisions() {
            @Override
            Screening.Result result(TopicState state) {
                return state instanceof TopicState.Closed closed
                        ? new Screening.Result.Unfit(closed.reason())
                        : super.result(state);
            }
        });
    }

    @Test
    void a_held_key_that_is_never_released_is_noticed() {
        isNoticed("never released", () -> new Decisions() {
            @Override
            boolean mayRelease(TopicState state) {
                return false;
            }
        });
    }

    @Test
    void a_record_that_overtakes_its_held_key_is_noticed() {
        isNoticed("overtakes", () -> new Decisions() {
            @Override
            Plan plan(List<OutboxRecord> due, Screening screening, int recordsMax, BatchPlanner.Turn turn) {
                List<OutboxRecord> fit = due.stream()
                        .filter(one -> screening.screen(one) instanceof Screening.Result.Fit)
                        .toList();
                Plan sound = super.plan(due, screening, recordsMax, turn);
                return new Plan(super.plan(fit, screening, recordsMax, turn).batch(), sound.unfit(), sound.held());
            }
        });
    }

    @Test
    void a_batch_that_is_never_narrowed_is_noticed() {
        isNoticed("never narrowed", () -> new Decisions() {
            @Override
            int narrowed(int records) {
                return Integer.MAX_VALUE;
            }
        });
    }

    @Test
    void the_first_suspect_taken_for_the_guilty_one_is_noticed() {
        isNoticed("first suspect", () -> new Decisions() {
            @Override
            Settlement settle(Batch batch, PublishOutcome outcome) {
                return outcome instanceof PublishOutcome.Rejected rejected
                        ? super.settle(
                                batch,
                                new PublishOutcome.Rejected(rejected.suspects().subList(0, 1), rejected.reason()))
                        : super.settle(batch, outcome);
            }
        });
    }

    @Test
    void a_batch_of_unknown_outcome_taken_for_published_is_noticed() {
        isNoticed("closed counts as published", () -> new Decisions() {
            @Override
            Settlement settle(Batch batch, PublishOutcome outcome) {
                return outcome instanceof PublishOutcome.TopicsClosed
                        ? new Settlement.Acknowledge(batch)
                        : super.settle(batch, outcome);
            }
        });
    }

    @Test
    void a_doubtful_topic_sent_with_the_others_is_noticed() {
        isNoticed("doubtful is open", () -> new Decisions() {
            @Override
            Screening.Result result(TopicState state) {
                return state instanceof TopicState.Doubtful ? new Screening.Result.Fit() : super.result(state);
            }
        });
    }

    @Test
    void a_doubtful_topic_that_is_never_tried_and_released_as_it_is_is_noticed() {
        isNoticed("doubtful is well", () -> new Decisions() {
            @Override
            boolean mayRelease(TopicState state) {
                return state instanceof TopicState.Open || state instanceof TopicState.Doubtful;
            }

            @Override
            Screening.Result result(TopicState state) {
                return state instanceof TopicState.Doubtful ? new Screening.Result.Fit() : super.result(state);
            }
        });
    }

    @Test
    void a_key_that_moves_on_while_it_is_tried_is_noticed() {
        isNoticed("moves while tried", () -> new Decisions() {
            @Override
            boolean mayRelease(TopicState state) {
                return state instanceof TopicState.Open || state instanceof TopicState.Doubtful;
            }

            @Override
            boolean mayMove(boolean isTried) {
                return true;
            }
        });
    }

    @Test
    void a_trial_without_an_answer_taken_for_published_is_noticed() {
        isNoticed("unanswered is published", () -> new Decisions() {
            @Override
            boolean isPublished(boolean isAnswered) {
                return true;
            }
        });
    }
}
