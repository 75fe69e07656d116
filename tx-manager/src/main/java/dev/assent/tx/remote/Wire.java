package dev.assent.tx.remote;

import com.google.protobuf.ByteString;
import dev.assent.tx.model.BranchId;
import dev.assent.tx.model.Completion;
import dev.assent.tx.model.GlobalTxId;
import dev.assent.tx.model.HeuristicOutcome;
import dev.assent.tx.model.Outcome;
import dev.assent.tx.model.Vote;
import dev.assent.tx.remote.wire.BranchName;
import dev.assent.tx.remote.wire.CompletionReply;
import dev.assent.tx.remote.wire.OutcomeReply;
import dev.assent.tx.remote.wire.VoteReply;

/**
 * The model's values as messages, and back. A message from the network that is no value of ours is an
 * {@link IllegalArgumentException} that names the field.
 */
public final class Wire {
    /** Longest cause or detail sent, in characters: they end up in exceptions and logs. */
    private static final int TEXT_CHARS_MAX = 2_000;

    private Wire() {}

    public static ByteString gtrid(GlobalTxId transaction) {
        return ByteString.copyFrom(transaction.toBytes());
    }

    public static GlobalTxId transaction(ByteString gtrid) {
        try {
            return GlobalTxId.fromBytes(gtrid.toByteArray());
        } catch (IllegalArgumentException malformed) {
            throw new IllegalArgumentException("field gtrid: " + malformed.getMessage(), malformed);
        }
    }

    public static BranchName branch(BranchId branch) {
        return BranchName.newBuilder()
                .setFormatId(branch.formatId())
                .setGtrid(ByteString.copyFrom(branch.gtrid()))
                .setBqual(ByteString.copyFrom(branch.bqual()))
                .build();
    }

    public static BranchId branch(BranchName branch) {
        try {
            return new BranchId(
                    branch.getFormatId(),
                    branch.getGtrid().toByteArray(),
                    branch.getBqual().toByteArray());
        } catch (IllegalArgumentException malformed) {
            throw new IllegalArgumentException("field branch: " + malformed.getMessage(), malformed);
        }
    }

    public static VoteReply vote(Vote vote) {
        VoteReply.Builder reply = VoteReply.newBuilder();
        if (vote instanceof Vote.Rollback rollback) {
            return reply.setKind(VoteReply.Kind.ROLLBACK)
                    .setCause(bounded(rollback.cause()))
                    .build();
        }
        return reply.setKind(vote instanceof Vote.Prepared ? VoteReply.Kind.PREPARED : VoteReply.Kind.READ_ONLY)
                .build();
    }

    public static Vote vote(VoteReply reply) {
        return switch (reply.getKind()) {
            case PREPARED -> new Vote.Prepared();
            case READ_ONLY -> new Vote.ReadOnly();
            case ROLLBACK -> new Vote.Rollback(reply.getCause());
            case KIND_UNSPECIFIED, UNRECOGNIZED ->
                throw new IllegalArgumentException("field vote.kind: unknown vote " + reply.getKindValue());
        };
    }

    public static CompletionReply completion(Completion completion) {
        CompletionReply.Builder reply = CompletionReply.newBuilder();
        if (completion instanceof Completion.Retry retry) {
            return reply.setKind(CompletionReply.Kind.RETRY)
                    .setCause(bounded(retry.cause()))
                    .build();
        }
        if (completion instanceof Completion.RolledBack rolledBack) {
            return reply.setKind(CompletionReply.Kind.ROLLED_BACK)
                    .setCause(bounded(rolledBack.cause()))
                    .build();
        }
        if (completion instanceof Completion.Heuristic heuristic) {
            return reply.setKind(kind(heuristic.outcome()))
                    .setCause(bounded(heuristic.cause()))
                    .build();
        }
        return reply.setKind(
                        completion instanceof Completion.Done
                                ? CompletionReply.Kind.DONE
                                : CompletionReply.Kind.NOT_KNOWN)
                .build();
    }

    public static Completion completion(CompletionReply reply) {
        String cause = reply.getCause();
        return switch (reply.getKind()) {
            case DONE -> new Completion.Done();
            case NOT_KNOWN -> new Completion.NotKnown();
            case RETRY -> new Completion.Retry(cause);
            case ROLLED_BACK -> new Completion.RolledBack(cause);
            case HEURISTIC_COMMITTED -> new Completion.Heuristic(HeuristicOutcome.COMMITTED, cause);
            case HEURISTIC_ROLLED_BACK -> new Completion.Heuristic(HeuristicOutcome.ROLLED_BACK, cause);
            case HEURISTIC_MIXED -> new Completion.Heuristic(HeuristicOutcome.MIXED, cause);
            case HEURISTIC_HAZARD -> new Completion.Heuristic(HeuristicOutcome.HAZARD, cause);
            case KIND_UNSPECIFIED, UNRECOGNIZED ->
                throw new IllegalArgumentException("field completion.kind: unknown kind " + reply.getKindValue());
        };
    }

    private static CompletionReply.Kind kind(HeuristicOutcome outcome) {
        return switch (outcome) {
            case COMMITTED -> CompletionReply.Kind.HEURISTIC_COMMITTED;
            case ROLLED_BACK -> CompletionReply.Kind.HEURISTIC_ROLLED_BACK;
            case MIXED -> CompletionReply.Kind.HEURISTIC_MIXED;
            case HAZARD -> CompletionReply.Kind.HEURISTIC_HAZARD;
        };
    }

    public static OutcomeReply outcome(Outcome outcome) {
        OutcomeReply.Builder reply = OutcomeReply.newBuilder();
        if (outcome instanceof Outcome.RolledBack rolledBack) {
            return reply.setKind(OutcomeReply.Kind.ROLLED_BACK)
                    .setDetail(bounded(rolledBack.cause()))
                    .build();
        }
        if (outcome instanceof Outcome.HeuristicMixed mixed) {
            return reply.setKind(OutcomeReply.Kind.HEURISTIC_MIXED)
                    .setDetail(bounded(mixed.detail()))
                    .build();
        }
        if (outcome instanceof Outcome.HeuristicHazard hazard) {
            return reply.setKind(OutcomeReply.Kind.HEURISTIC_HAZARD)
                    .setDetail(bounded(hazard.detail()))
                    .build();
        }
        if (outcome instanceof Outcome.Unknown unknown) {
            return reply.setKind(OutcomeReply.Kind.UNKNOWN)
                    .setDetail(bounded(unknown.cause()))
                    .build();
        }
        return reply.setKind(OutcomeReply.Kind.COMMITTED).build();
    }

    public static Outcome outcome(OutcomeReply reply) {
        String detail = reply.getDetail();
        return switch (reply.getKind()) {
            case COMMITTED -> new Outcome.Committed();
            case ROLLED_BACK -> new Outcome.RolledBack(detail);
            case HEURISTIC_MIXED -> new Outcome.HeuristicMixed(detail);
            case HEURISTIC_HAZARD -> new Outcome.HeuristicHazard(detail);
            case UNKNOWN -> new Outcome.Unknown(detail);
            // An answer from a newer node that this service cannot read tells nothing about the transaction.
            case KIND_UNSPECIFIED, UNRECOGNIZED ->
                new Outcome.Unknown("the coordinator answered with an outcome of unknown kind " + reply.getKindValue());
        };
    }

    private static String bounded(String text) {
        return text.length() <= TEXT_CHARS_MAX ? text : text.substring(0, TEXT_CHARS_MAX);
    }
}
