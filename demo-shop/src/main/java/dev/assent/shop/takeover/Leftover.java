package dev.assent.shop.takeover;

import dev.assent.shop.gray.Databases;
import dev.assent.tx.model.BranchName;
import dev.assent.tx.model.GlobalTxId;
import dev.assent.tx.model.Outcome;
import dev.assent.tx.model.TransactionToken;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;

/** A branch that nobody has ended, in words for whoever looks for the cause. */
final class Leftover {
    private static final int PARTS = 3;

    private Leftover() {}

    /** {@code outcome} asks the nodes by a token. */
    static String describe(Databases.Held held, Function<String, Outcome> outcome, long nowEpochMillis) {
        List<String> parts = List.of(held.gid().split("_", -1)); // as PostgreSQL's driver writes it
        if (parts.size() != PARTS) {
            return held + ": not ours";
        }
        try {
            GlobalTxId id = GlobalTxId.fromBytes(Base64.getMimeDecoder().decode(parts.get(1)));
            BranchName branch = BranchName.fromBytes(Base64.getMimeDecoder().decode(parts.get(2)));
            return describe(held, id, branch, outcome.apply(TransactionToken.format(id)), nowEpochMillis);
        } catch (IllegalArgumentException foreign) {
            return held + ": not ours, as " + foreign.getMessage();
        }
    }

    private static String describe(
            Databases.Held held, GlobalTxId id, BranchName branch, Outcome outcome, long nowEpochMillis) {
        long leftSeconds = TimeUnit.MILLISECONDS.toSeconds(id.deadlineEpochMillis() - nowEpochMillis);
        return String.format(
                Locale.ROOT,
                "%s: transaction %s, begun by the service with incarnation %s under grant %s of the leader of shard %d in"
                        + " epoch %d; deadline in %d s; the nodes say %s; %s",
                held,
                id,
                Long.toHexString(branch.participantIncarnation()),
                Long.toHexString(id.unique().high()),
                id.key().shard(),
                id.epoch(),
                leftSeconds,
                outcome,
                due(outcome, leftSeconds));
    }

    private static String due(Outcome outcome, long leftSeconds) {
        if (outcome.isKnown()) {
            return "so its service, and whoever recovers its resource, should have ended it: see 'recovery' in the nodes'"
                    + " logs, and which node holds the role of that resource";
        }
        return leftSeconds > 0
                ? "so its coordinator may be at work, or its service has not asked for the end"
                : "so whoever recovers its resource should have decided ABORT";
    }
}
