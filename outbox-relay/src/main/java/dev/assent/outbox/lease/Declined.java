package dev.assent.outbox.lease;

import dev.assent.outbox.model.ShardId;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * What a member's node says: {@code <instance>}, or {@code <instance> declines 1 4 7} while it cannot serve these shards.
 * Anything else, written by whomever, declines nothing.
 */
final class Declined {
    private static final String DECLINES = " declines ";

    private Declined() {}

    static String format(String instance, SortedSet<ShardId> declined) {
        return declined.isEmpty()
                ? instance
                : instance + DECLINES + declined.stream().map(ShardId::toString).collect(Collectors.joining(" "));
    }

    static SortedSet<ShardId> parse(String text) {
        SortedSet<ShardId> declined = new TreeSet<>();
        int at = text.indexOf(DECLINES);
        if (at < 0) {
            return declined;
        }
        for (String word : text.substring(at + DECLINES.length()).split(" ", -1)) {
            if (word.matches("[0-9]{1,3}") && Integer.parseInt(word) < ShardId.SHARDS_MAX) {
                declined.add(new ShardId(Integer.parseInt(word)));
            }
        }
        return declined;
    }
}
