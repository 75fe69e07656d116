package dev.assent.shop.platform;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.StringJoiner;

/** How often each victim was to die at each moment, and did: a table for people. One thread at a time. */
public final class Coverage {
    private final Map<String, Map<String, Cell>> rows = new LinkedHashMap<>();

    private record Cell(int rounds, int fell) {
        Cell plus(int moreRounds, int moreFell) {
            return new Cell(rounds + moreRounds, fell + moreFell);
        }
    }

    /** A combination that there is, whether or not a round comes to it. */
    public void expect(String moment, String victim) {
        add(moment, victim, new Cell(0, 0));
    }

    /** A round; {@code fell} says whether its moment came and the victim died. */
    public void count(String moment, String victim, boolean fell) {
        add(moment, victim, new Cell(1, fell ? 1 : 0));
    }

    private void add(String moment, String victim, Cell more) {
        rows.computeIfAbsent(moment, any -> new LinkedHashMap<>())
                .merge(victim, more, (cell, one) -> cell.plus(one.rounds(), one.fell()));
    }

    public int combinations() {
        return rows.values().stream().mapToInt(Map::size).sum();
    }

    /** Combinations in which somebody has died. */
    public int covered() {
        return (int) rows.values().stream()
                .flatMap(row -> row.values().stream())
                .filter(cell -> cell.fell() > 0)
                .count();
    }

    /** A line for each moment: deaths/rounds of each victim, a dash for a combination that there is not. */
    public String table() {
        Map<String, Integer> victims = new LinkedHashMap<>();
        rows.values().forEach(row -> row.keySet().forEach(victim -> victims.put(victim, width(victim))));
        int first = rows.keySet().stream().mapToInt(String::length).max().orElse(0);
        StringJoiner lines = new StringJoiner(System.lineSeparator());
        StringBuilder head = new StringBuilder(" ".repeat(first));
        victims.forEach((victim, width) -> head.append(' ').append(padded(victim, width)));
        lines.add(head);
        rows.forEach((moment, row) -> {
            StringBuilder line = new StringBuilder(moment).append(" ".repeat(first - moment.length()));
            victims.forEach((victim, width) -> line.append(' ').append(padded(cell(row, victim), width)));
            lines.add(line);
        });
        return lines.toString();
    }

    private static int width(String victim) {
        return Math.max(5, victim.length());
    }

    private static String cell(Map<String, Cell> row, String victim) {
        return Optional.ofNullable(row.get(victim))
                .map(cell -> cell.fell() + "/" + cell.rounds())
                .orElse("-");
    }

    private static String padded(String text, int width) {
        return " ".repeat(width - text.length()) + text;
    }
}
