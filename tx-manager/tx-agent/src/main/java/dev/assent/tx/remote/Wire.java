package dev.assent.tx.remote;

import com.google.protobuf.ByteString;
import dev.assent.tx.model.BranchId;
import dev.assent.tx.model.Completion;
import dev.assent.tx.model.GlobalTxId;
import dev.assent.tx.model.HeuristicOutcome;
import dev.assent.tx.model.Outcome;
import dev.assent.tx.model.ResourceIdentity;
import dev.assent.tx.model.Vote;
import dev.assent.tx.remote.wire.BranchName;
import dev.assent.tx.remote.wire.CompletionReply;
import dev.assent.tx.remote.wire.Identity;
import dev.assent.tx.remote.wire.OutcomeReply;
import dev.assent.tx.remote.wire.VoteReply;
import java.util.Optional;

/**
 * The model's values as messages, and back. A message from the network that is no value of ours is an
 * {@link IllegalArgumentException} that names the field.
 */
public final class Wire {
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

    /** Empty stands for a resource that cannot tell. */
    public static Identity identity(Optional<ResourceIdentity> identity) {
        return Identity.newBuilder()
                .setText(identity.map(ResourceIdentity::text).orElse(""))
                .build();
    }

    public static Optional<ResourceIdentity> identity(Identity identity) {
        try {
            return identity.getText().isEmpty()
                    ? Optional.empty()
                    : Optional.of(new ResourceIdentity(identity.getText()));
        } catch (IllegalArgumentException malformed) {
            throw new IllegalArgumentException("field identity: " + malformed.getMessage(), malformed);
        }
    }

    public static VoteReply vote(Vote vote) {
        return vote.accept(new WireForms.Votes());
    }

    public static Vote vote(VoteReply reply) {
        return switch (reply.getKind()) {
            case PREPARED -> new Vote.Prepared();
            case READ_ONLY -> new Vote.ReadOnly();
            case ROLLBACK -> new Vote.Rollback(reply.getCause());
            case UNCONFIRMED -> new Vote.Unconfirmed(reply.getCause());
            // A vote that cannot be read is no yes.
            case KIND_UNSPECIFIED, UNRECOGNIZED ->
                new Vote.Rollback("the service answered with a vote of unknown kind " + reply.getKindValue());
        };
    }

    public static CompletionReply completion(Completion completion) {
        return completion.accept(new WireForms.Completions());
    }

    public static Completion completion(CompletionReply reply) {
        String cause = reply.getCause();
        return switch (reply.getKind()) {
            case DONE -> new Completion.Done();
            case NOT_KNOWN -> new Completion.NotKnown();
            case RETRY -> new Completion.Retry(cause);
            case UNSENT -> new Completion.Unsent(cause);
            case NEEDS_PREPARE -> new Completion.NeedsPrepare();
            case ROLLED_BACK -> new Completion.RolledBack(cause);
            case HEURISTIC_COMMITTED -> new Completion.Heuristic(HeuristicOutcome.COMMITTED, cause);
            case HEURISTIC_ROLLED_BACK -> new Completion.Heuristic(HeuristicOutcome.ROLLED_BACK, cause);
            case HEURISTIC_MIXED -> new Completion.Heuristic(HeuristicOutcome.MIXED, cause);
            case HEURISTIC_HAZARD -> new Completion.Heuristic(HeuristicOutcome.HAZARD, cause);
            // What cannot be read does not end a branch.
            case KIND_UNSPECIFIED, UNRECOGNIZED ->
                new Completion.Retry("the service answered with a completion of unknown kind " + reply.getKindValue());
        };
    }

    public static OutcomeReply outcome(Outcome outcome) {
        return outcome.accept(new WireForms.Outcomes());
    }

    public static Outcome outcome(OutcomeReply reply) {
        String detail = reply.getDetail();
        return switch (reply.getKind()) {
            case COMMITTED -> new Outcome.Committed();
            case ROLLED_BACK -> new Outcome.RolledBack(detail);
            case HEURISTIC_MIXED -> new Outcome.HeuristicMixed(detail);
            case HEURISTIC_ROLLED_BACK -> new Outcome.HeuristicRolledBack(detail);
            case HEURISTIC_HAZARD -> new Outcome.HeuristicHazard(detail);
            case UNKNOWN -> new Outcome.Unknown(detail, reply.getLasting());
            // An answer from a newer node that this service cannot read tells nothing about the transaction.
            case KIND_UNSPECIFIED, UNRECOGNIZED ->
                new Outcome.Unknown("the coordinator answered with an outcome of unknown kind " + reply.getKindValue());
        };
    }
}
