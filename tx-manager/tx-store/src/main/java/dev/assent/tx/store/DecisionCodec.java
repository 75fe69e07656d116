package dev.assent.tx.store;

import dev.assent.tx.model.BranchName;
import dev.assent.tx.model.Decision;
import dev.assent.tx.model.DecisionRecord;
import dev.assent.tx.model.RecordRead;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;

/** A decision record as lines of text, so that any ZooKeeper tool shows it: the decision, then a bqual a line. */
final class DecisionCodec {
    private DecisionCodec() {}

    static byte[] encode(DecisionRecord record) {
        StringBuilder text = new StringBuilder(record.decision().name());
        for (BranchName branch : record.pending()) {
            text.append('\n').append(HexFormat.of().formatHex(branch.toBytes()));
        }
        return text.toString().getBytes(StandardCharsets.US_ASCII);
    }

    /** What the znode at {@code path} says; never a guess. */
    static RecordRead decode(String path, byte[] data) {
        String[] lines = new String(data, StandardCharsets.US_ASCII).split("\n", -1);
        try {
            List<BranchName> pending = new ArrayList<>(lines.length);
            for (int line = 1; line < lines.length; line++) {
                pending.add(BranchName.fromBytes(HexFormat.of().parseHex(lines[line])));
            }
            return new RecordRead.Found(new DecisionRecord(decision(lines[0]), pending));
        } catch (IllegalArgumentException e) {
            return new RecordRead.Unreadable(
                    "the decision record at " + path + " is damaged or of a newer version (" + e.getMessage() + ")");
        }
    }

    private static Decision decision(String line) {
        for (Decision decision : Decision.values()) {
            if (decision.name().equals(line)) {
                return decision;
            }
        }
        throw new IllegalArgumentException("its first line is neither COMMIT nor ABORT");
    }
}
