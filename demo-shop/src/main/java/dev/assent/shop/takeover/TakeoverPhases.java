package dev.assent.shop.takeover;

import java.time.Duration;
import java.time.LocalTime;
import java.util.List;
import java.util.Locale;
import java.util.OptionalLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Where the time of one take-over goes, as the survivors logged it.
 *
 * @param suspectedMillis from the strike until the last survivor suspected it
 * @param ledMillis from the strike until the last survivor led what it took, and had told the agents
 * @param work what that took: looking at the store, opening epochs, telling it; the longest of each
 */
record TakeoverPhases(OptionalLong suspectedMillis, OptionalLong ledMillis, String work) {
    private static final Pattern LINE = Pattern.compile("(\\d\\d:\\d\\d:\\d\\d\\.\\d{3}) .*");
    private static final Pattern LEADS =
            Pattern.compile(".* looked for (\\d+) ms, opened them in (\\d+) ms, told that in (\\d+) ms");
    private static final int STEPS = 3;

    /** The lines of before the strike, and those without a time, do not count. */
    static TakeoverPhases of(LocalTime strike, List<String> lines) {
        OptionalLong suspected = OptionalLong.empty();
        OptionalLong led = OptionalLong.empty();
        long[] longest = new long[STEPS];
        for (String line : lines) {
            Matcher timed = LINE.matcher(line);
            if (!timed.matches() || LocalTime.parse(timed.group(1)).isBefore(strike)) {
                continue;
            }
            long millis =
                    Duration.between(strike, LocalTime.parse(timed.group(1))).toMillis();
            Matcher leads = LEADS.matcher(line);
            if (line.endsWith(" seems dead")) {
                suspected = later(suspected, millis);
            } else if (leads.matches()) {
                led = later(led, millis);
                for (int step = 0; step < STEPS; step++) {
                    longest[step] = Math.max(longest[step], Long.parseLong(leads.group(step + 1)));
                }
            }
        }
        return new TakeoverPhases(
                suspected,
                led,
                String.format(Locale.ROOT, "look=%d open=%d tell=%d", longest[0], longest[1], longest[2]));
    }

    private static OptionalLong later(OptionalLong before, long millis) {
        return OptionalLong.of(Math.max(before.orElse(0), millis));
    }

    @Override
    public String toString() {
        return "suspectedMillis=" + text(suspectedMillis) + " ledMillis=" + text(ledMillis) + " longestMillis[" + work
                + "]";
    }

    private static String text(OptionalLong millis) {
        return millis.isPresent() ? Long.toString(millis.getAsLong()) : "never";
    }
}
