package dev.assent.tx.replay;

import java.util.List;
import java.util.Optional;

/**
 * What a replay came to.
 *
 * @param machine the machine that was led, or {@code none} if the recording ends before one was made
 * @param ended whether the recording goes on to the transaction's end; else it was cut there
 * @param notes what had come and was not taken when it was cut
 * @param recorded the last recorded state
 * @param replayed the state that the machine came to
 * @param divergence where the two part; empty if they do not
 */
public record ReplayVerdict(
        String transaction,
        String machine,
        int steps,
        boolean ended,
        List<String> notes,
        String recorded,
        String replayed,
        Optional<String> divergence) {
    public ReplayVerdict {
        notes = List.copyOf(notes);
    }
}
