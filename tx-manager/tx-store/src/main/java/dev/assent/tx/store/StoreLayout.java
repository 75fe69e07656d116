package dev.assent.tx.store;

import dev.assent.store.audit.ZnodeAuditLog;
import dev.assent.tx.model.Authority;
import dev.assent.tx.model.BranchId;
import dev.assent.tx.model.EpochKey;
import dev.assent.tx.model.EpochRef;
import dev.assent.tx.model.GlobalTxId;
import dev.assent.tx.model.ResourceName;
import dev.assent.tx.model.ShardKey;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Where everything lies in the store; documented for operators in docs/protocol/two-phase-commit.md. */
final class StoreLayout {
    static final String ROOT = "/assent";
    static final String CLUSTER = ROOT + "/cluster";
    static final String EPOCHS = ROOT + "/epochs";
    static final String EMBEDDED = EPOCHS + "/embedded";
    static final String LIVE = EPOCHS + "/live";
    static final String SHARD_EPOCHS = EPOCHS + "/shards";
    static final String COUNTER = EPOCHS + "/counter";
    static final String TX = ROOT + "/tx";
    static final String GC = ROOT + "/gc";
    static final String HEURISTICS = ROOT + "/heuristics";
    static final String RMS = ROOT + "/rms";
    static final String LEADERS = ROOT + "/leaders";
    static final String MEMBERS = ROOT + "/members";
    static final String RECOVERY = ROOT + "/recovery";
    static final String ASKED = RECOVERY + "/asked";
    static final String ANSWERED = RECOVERY + "/answered";
    static final String AUDIT = ZnodeAuditLog.FOLDER;

    /** Embedded coordinators share so many marks. */
    static final int EMBEDDED_SHARDS = 16;

    /** Folders within one epoch's; a client takes some 10,000 names of records in one listing by default. */
    static final int EMBEDDED_BUCKETS = 16;

    static final int SHARD_BUCKETS = 16;

    private static final int NUMBER_DIGITS = 12;
    private static final Pattern EPOCH_FOLDER = Pattern.compile("(?:e(\\d{12,19})|(\\d{1,5})-(\\d{1,10}))");

    private StoreLayout() {}

    static List<String> folders() {
        return List.of(
                ROOT,
                EPOCHS,
                EMBEDDED,
                LIVE,
                SHARD_EPOCHS,
                COUNTER,
                TX,
                GC,
                HEURISTICS,
                RMS,
                LEADERS,
                MEMBERS,
                RECOVERY,
                ASKED,
                ANSWERED,
                AUDIT);
    }

    /** The shard whose mark an embedded coordinator's deletions change. */
    static int embeddedShard(long incarnation) {
        return (int) (incarnation % EMBEDDED_SHARDS);
    }

    static EpochKey embeddedKey(long incarnation) {
        return new EpochKey(Authority.EMBEDDED_2PC, embeddedShard(incarnation), incarnation);
    }

    static String epoch(EpochKey key) {
        return switch (key.authority()) {
            case EMBEDDED_2PC, COMMIT_POINT -> embedded(key.incarnation());
            case SHARD_2PC, PAXOS_3PC -> SHARD_EPOCHS + "/" + key.shard();
        };
    }

    static String embedded(long incarnation) {
        return EMBEDDED + "/" + number(incarnation);
    }

    static String live(long incarnation) {
        return LIVE + "/" + number(incarnation);
    }

    static String member(String id) {
        return MEMBERS + "/" + id;
    }

    /** Twelve digits, so that tools list incarnations in order; built by hand, as every decision needs it. */
    static String number(long incarnation) {
        String digits = Long.toString(incarnation);
        return "0".repeat(Math.max(0, NUMBER_DIGITS - digits.length())) + digits;
    }

    /** The incarnation that a znode's name stands for; empty for a name that no incarnation has. */
    static Optional<Long> incarnation(String name) {
        try {
            long number = Long.parseLong(name);
            return number >= 0 && number(number).equals(name) ? Optional.of(number) : Optional.empty();
        } catch (NumberFormatException foreign) {
            return Optional.empty();
        }
    }

    static String decision(GlobalTxId transaction) {
        String hex = transaction.toHex();
        return bucket(EpochRef.of(transaction), bucketOf(transaction)) + "/" + hex;
    }

    /** The folder of the decisions of one epoch, which holds its buckets. */
    static String folder(EpochRef epoch) {
        EpochKey key = epoch.key();
        return TX + "/"
                + switch (key.authority()) {
                    case EMBEDDED_2PC, COMMIT_POINT -> "e" + number(key.incarnation());
                    case SHARD_2PC, PAXOS_3PC -> key.shard() + "-" + epoch.version();
                };
    }

    /** The epoch whose folder has this name; empty for a foreign name. */
    static Optional<EpochRef> epochOfFolder(String name) {
        Matcher match = EPOCH_FOLDER.matcher(name);
        if (!match.matches()) {
            return Optional.empty();
        }
        try {
            EpochRef epoch = match.group(1) != null
                    ? new EpochRef(embeddedKey(Long.parseLong(match.group(1))), 0)
                    : new EpochRef(
                            new EpochKey(Authority.SHARD_2PC, Integer.parseInt(match.group(2)), 0),
                            Integer.parseInt(match.group(3)));
            return folder(epoch).equals(TX + "/" + name) ? Optional.of(epoch) : Optional.empty();
        } catch (IllegalArgumentException outOfRange) {
            return Optional.empty();
        }
    }

    static List<String> buckets(EpochRef epoch) {
        List<String> buckets = new ArrayList<>();
        for (int bucket = 0; bucket < bucketCount(epoch.key().authority()); bucket++) {
            buckets.add(bucket(epoch, bucket));
        }
        return buckets;
    }

    private static String bucket(EpochRef epoch, int bucket) {
        return folder(epoch) + "/" + (bucket < 10 ? "0" : "") + bucket;
    }

    private static int bucketOf(GlobalTxId transaction) {
        return (int)
                (transaction.unique().low() & (bucketCount(transaction.key().authority()) - 1));
    }

    private static int bucketCount(Authority authority) {
        return switch (authority) {
            case EMBEDDED_2PC, COMMIT_POINT -> EMBEDDED_BUCKETS;
            case SHARD_2PC, PAXOS_3PC -> SHARD_BUCKETS;
        };
    }

    static String gc(ShardKey shard) {
        return GC + "/" + shard.folder();
    }

    static String asked(ResourceName.Hash resource) {
        return ASKED + "/" + resource;
    }

    static String answered(ResourceName.Hash resource) {
        return ANSWERED + "/" + resource;
    }

    static String resource(ResourceName name) {
        return RMS + "/" + name.text();
    }

    static String heuristic(BranchId branch) {
        return heuristicsOf(branch) + "/" + HexFormat.of().formatHex(branch.bqual());
    }

    /** The folder of all heuristic outcomes in the branch's transaction; there is one only while there are any. */
    static String heuristicsOf(BranchId branch) {
        return heuristicsOf(HexFormat.of().formatHex(branch.gtrid()));
    }

    /** As of a branch of it. */
    static String heuristicsOf(GlobalTxId transaction) {
        return heuristicsOf(transaction.toHex());
    }

    private static String heuristicsOf(String gtrid) {
        return HEURISTICS + "/" + gtrid;
    }
}
