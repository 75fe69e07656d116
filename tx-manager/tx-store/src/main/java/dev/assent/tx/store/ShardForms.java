package dev.assent.tx.store;

import dev.assent.tx.shards.ShardBoard;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/** What the znodes of members and shards hold: {@code key=value}, a line each, so that any tool shows it. */
final class ShardForms {
    private static final String NAME = "name";
    private static final String ADDRESS = "address";
    private static final String WEIGHT = "weight";
    private static final String LEAVING = "leaving";
    private static final String HOLDER = "holder";
    private static final String CAUSE = "cause";

    private ShardForms() {}

    static byte[] member(ShardBoard.Member member) {
        SortedMap<String, String> lines = new TreeMap<>();
        lines.put(NAME, member.name());
        lines.put(ADDRESS, member.address());
        lines.put(WEIGHT, Integer.toString(member.weight()));
        lines.put(LEAVING, Boolean.toString(member.leaving()));
        return bytes(lines);
    }

    /** Empty for what no member wrote. */
    static Optional<ShardBoard.Member> member(byte[] data) {
        SortedMap<String, String> lines = lines(data);
        try {
            return Optional.of(new ShardBoard.Member(
                    lines.getOrDefault(NAME, ""),
                    lines.getOrDefault(ADDRESS, ""),
                    Integer.parseInt(lines.getOrDefault(WEIGHT, "")),
                    "true".equals(lines.get(LEAVING))));
        } catch (IllegalArgumentException foreign) {
            return Optional.empty();
        }
    }

    static byte[] holding(String holder, String name, ShardBoard.Cause cause) {
        SortedMap<String, String> lines = new TreeMap<>();
        lines.put(HOLDER, holder);
        lines.put(NAME, name);
        lines.put(CAUSE, cause.name().toLowerCase(Locale.ROOT));
        return bytes(lines);
    }

    /** What cannot be read says that nobody holds it, which a multi that checks the version makes safe to act upon. */
    static ShardBoard.Holding holding(int version, byte[] data) {
        SortedMap<String, String> lines = lines(data);
        boolean suspicion =
                ShardBoard.Cause.SUSPICION.name().toLowerCase(Locale.ROOT).equals(lines.get(CAUSE));
        return new ShardBoard.Holding(
                version,
                lines.getOrDefault(HOLDER, ""),
                suspicion ? ShardBoard.Cause.SUSPICION : ShardBoard.Cause.FREE);
    }

    private static byte[] bytes(SortedMap<String, String> lines) {
        StringBuilder text = new StringBuilder();
        lines.forEach((key, value) -> text.append(key).append('=').append(value).append('\n'));
        return text.toString().getBytes(StandardCharsets.UTF_8);
    }

    private static SortedMap<String, String> lines(byte[] data) {
        SortedMap<String, String> lines = new TreeMap<>();
        for (String line : new String(data, StandardCharsets.UTF_8).split("\n", -1)) {
            int equals = line.indexOf('=');
            if (equals > 0) {
                lines.put(line.substring(0, equals), line.substring(equals + 1));
            }
        }
        return lines;
    }
}
