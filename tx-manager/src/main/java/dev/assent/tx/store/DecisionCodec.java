package dev.assent.tx.store;

import dev.assent.tx.model.BranchName;
import dev.assent.tx.model.DecisionRecord;
import dev.assent.tx.model.Verdict;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;

/** A decision record as lines of text, so that any ZooKeeper tool shows it: the verdict, then a bqual a line. */
final class DecisionCodec {
    private DecisionCodec() {}

    static byte[] encode(DecisionRecord record) {
        StringBuilder text = new StringBuilder(record.verdict().name());
        for (BranchName branch : record.pending()) {
            text.append('\n').append(HexFormat.of().formatHex(branch.toBytes()));
        }
        return text.toString().getBytes(StandardCharsets.US_ASCII);
    }

    static DecisionRecord decode(String path, byte[] data) throws IOException {
        String[] lines = new String(data, StandardCharsets.US_ASCII).split("\n", -1);
        try {
            List<BranchName> pending = new ArrayList<>(lines.length);
            for (int line = 1; line < lines.length; line++) {
                pending.add(BranchName.fromBytes(HexFormat.of().parseHex(lines[line])));
            }
            return new DecisionRecord(Verdict.valueOf(lines[0]), pending);
        } catch (IllegalArgumentException e) {
            throw new IOException(
                    "the decision record at " + path + " is damaged (" + e.getMessage()
                            + "); leave it in place and restore it from a backup of the ensemble",
                    e);
        }
    }
}
