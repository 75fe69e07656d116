package dev.assent.tx.remote;

import dev.assent.tx.model.Completion;
import dev.assent.tx.model.HeuristicOutcome;
import dev.assent.tx.model.Outcome;
import dev.assent.tx.model.Vote;
import dev.assent.tx.remote.wire.CompletionReply;
import dev.assent.tx.remote.wire.OutcomeReply;
import dev.assent.tx.remote.wire.VoteReply;

/** What each answer looks like on the wire. One that is forgotten here does not compile. */
final class WireForms {
    /** Longest cause or detail sent, in characters: they end up in exceptions and logs. */
    private static final int TEXT_CHARS_MAX = 2_000;

    private WireForms() {}

    private static String bounded(String text) {
        return text.length() <= TEXT_CHARS_MAX ? text : text.substring(0, TEXT_CHARS_MAX);
    }

    /** Votes as messages. */
    static final class Votes implements Vote.Handler<VoteReply> {
        private static VoteReply of(VoteReply.Kind kind, String cause) {
            return VoteReply.newBuilder().setKind(kind).setCause(bounded(cause)).build();
        }

        @Override
        public VoteReply prepared(Vote.Prepared vote) {
            return of(VoteReply.Kind.PREPARED, "");
        }

        @Override
        public VoteReply readOnly(Vote.ReadOnly vote) {
            return of(VoteReply.Kind.READ_ONLY, "");
        }

        @Override
        public VoteReply rollback(Vote.Rollback vote) {
            return of(VoteReply.Kind.ROLLBACK, vote.cause());
        }

        @Override
        public VoteReply unconfirmed(Vote.Unconfirmed vote) {
            return of(VoteReply.Kind.UNCONFIRMED, vote.cause());
        }
    }

    /** Completions as messages. */
    static final class Completions implements Completion.Handler<CompletionReply> {
        private static CompletionReply of(CompletionReply.Kind kind, String cause) {
            return CompletionReply.newBuilder()
                    .setKind(kind)
                    .setCause(bounded(cause))
                    .build();
        }

        @Override
        public CompletionReply done(Completion.Done completion) {
            return of(CompletionReply.Kind.DONE, "");
        }

        @Override
        public CompletionReply notKnown(Completion.NotKnown completion) {
            return of(CompletionReply.Kind.NOT_KNOWN, "");
        }

        @Override
        public CompletionReply retry(Completion.Retry completion) {
            return of(CompletionReply.Kind.RETRY, completion.cause());
        }

        @Override
        public CompletionReply unsent(Completion.Unsent completion) {
            return of(CompletionReply.Kind.UNSENT, completion.cause());
        }

        @Override
        public CompletionReply needsPrepare(Completion.NeedsPrepare completion) {
            return of(CompletionReply.Kind.NEEDS_PREPARE, "");
        }

        @Override
        public CompletionReply rolledBack(Completion.RolledBack completion) {
            return of(CompletionReply.Kind.ROLLED_BACK, completion.cause());
        }

        @Override
        public CompletionReply heuristic(Completion.Heuristic completion) {
            return of(kind(completion.outcome()), completion.cause());
        }

        private static CompletionReply.Kind kind(HeuristicOutcome outcome) {
            return switch (outcome) {
                case COMMITTED -> CompletionReply.Kind.HEURISTIC_COMMITTED;
                case ROLLED_BACK -> CompletionReply.Kind.HEURISTIC_ROLLED_BACK;
                case MIXED -> CompletionReply.Kind.HEURISTIC_MIXED;
                case HAZARD -> CompletionReply.Kind.HEURISTIC_HAZARD;
            };
        }
    }

    /** Outcomes as messages. */
    static final class Outcomes implements Outcome.Handler<OutcomeReply> {
        private static OutcomeReply of(OutcomeReply.Kind kind, String detail) {
            return OutcomeReply.newBuilder()
                    .setKind(kind)
                    .setDetail(bounded(detail))
                    .build();
        }

        @Override
        public OutcomeReply committed(Outcome.Committed outcome) {
            return of(OutcomeReply.Kind.COMMITTED, "");
        }

        @Override
        public OutcomeReply rolledBack(Outcome.RolledBack outcome) {
            return of(OutcomeReply.Kind.ROLLED_BACK, outcome.cause());
        }

        @Override
        public OutcomeReply heuristicMixed(Outcome.HeuristicMixed outcome) {
            return of(OutcomeReply.Kind.HEURISTIC_MIXED, outcome.detail());
        }

        @Override
        public OutcomeReply heuristicRolledBack(Outcome.HeuristicRolledBack outcome) {
            return of(OutcomeReply.Kind.HEURISTIC_ROLLED_BACK, outcome.detail());
        }

        @Override
        public OutcomeReply heuristicHazard(Outcome.HeuristicHazard outcome) {
            return of(OutcomeReply.Kind.HEURISTIC_HAZARD, outcome.detail());
        }

        @Override
        public OutcomeReply unknown(Outcome.Unknown outcome) {
            return of(OutcomeReply.Kind.UNKNOWN, outcome.cause()).toBuilder()
                    .setLasting(outcome.lasting())
                    .build();
        }
    }
}
