package dev.assent.tx.store;

import dev.assent.tx.model.BranchId;
import dev.assent.tx.model.EpochKey;
import dev.assent.tx.model.GlobalTxId;
import dev.assent.tx.model.ShardKey;
import java.util.HexFormat;
import java.util.List;

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

    /** Embedded coordinators spread their records over so many folders, to keep each one's listing short. */
    static final int EMBEDDED_BUCKETS = 16;

    private static final int NUMBER_DIGITS = 12;

    private StoreLayout() {}

    static List<String> folders() {
        return List.of(ROOT, EPOCHS, EMBEDDED, LIVE, SHARD_EPOCHS, COUNTER, TX, GC, HEURISTICS, RMS, LEADERS);
    }

    static int bucket(long incarnation) {
        return (int) (incarnation % EMBEDDED_BUCKETS);
    }

    static String epoch(EpochKey key) {
        return switch (key.authority()) {
            case EMBEDDED_2PC -> embedded(key.incarnation());
            case SHARD_2PC, PAXOS_3PC -> SHARD_EPOCHS + "/" + key.shard();
        };
    }

    static String embedded(long incarnation) {
        return EMBEDDED + "/" + number(incarnation);
    }

    static String live(long incarnation) {
        return LIVE + "/" + number(incarnation);
    }

    /** Twelve digits, so that tools list incarnations in order; built by hand, as every decision needs it. */
    static String number(long incarnation) {
        String digits = Long.toString(incarnation);
        return "0".repeat(Math.max(0, NUMBER_DIGITS - digits.length())) + digits;
    }

    static String decision(GlobalTxId transaction) {
        return folder(transaction.key().shardKey()) + "/" + transaction.toHex();
    }

    static String folder(ShardKey shard) {
        return TX + "/" + shard.folder();
    }

    static String gc(ShardKey shard) {
        return GC + "/" + shard.folder();
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
