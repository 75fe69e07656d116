package dev.assent.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

class MetricNamesTest {
    private static final Path DOCS = docs();
    private static final Pattern NAME = Pattern.compile("\\bassent_[a-z_]+");

    private static Path docs() {
        return Path.of("../../docs");
    }

    /** The row of the table in {@code docs/metrics.md}. */
    private static String row(Metric metric) {
        String tags = metric.tags().isEmpty() ? "" : "`" + String.join("`, `", metric.tags()) + "`";
        String kind = metric.kind().name().toLowerCase(Locale.ROOT);
        return "| `" + metric.text() + "` | `" + metric.prometheusName() + "` | " + kind + " | " + tags + " | "
                + (metric.unit().isEmpty() ? "" : metric.unit() + ": ") + metric.meaning() + " |";
    }

    @Test
    void the_page_lists_every_meter_and_no_other() throws IOException {
        List<String> rows = Files.readAllLines(DOCS.resolve("metrics.md")).stream()
                .filter(line -> line.startsWith("| `assent."))
                .toList();
        List<String> expected = new ArrayList<>();
        for (Metric metric : Metric.values()) {
            expected.add(row(metric));
        }

        assertThat(rows).containsExactlyElementsOf(expected);
    }

    @Test
    void the_board_asks_for_meters_that_there_are() throws IOException {
        SortedSet<String> known = new TreeSet<>();
        for (Metric metric : Metric.values()) {
            String name = metric.prometheusName();
            known.add(name);
            if (metric.kind() == Metric.Kind.TIMER) {
                known.addAll(List.of(name + "_count", name + "_sum", name + "_max", name + "_bucket"));
            }
        }
        SortedSet<String> asked = new TreeSet<>();
        Matcher names = NAME.matcher(Files.readString(DOCS.resolve("grafana/assent.json")));
        while (names.find()) {
            asked.add(names.group());
        }

        assertThat(asked).hasSizeGreaterThan(20);
        assertThat(known).containsAll(asked);
    }

    @Test
    void names_follow_the_conventions() {
        for (Metric metric : Metric.values()) {
            assertThat(metric.text()).matches("assent(\\.[a-z]+)+");
            assertThat(metric.tags()).allMatch(tag -> tag.matches("[a-z]+"));
            assertThat(metric.meaning()).doesNotEndWith(".");
        }
    }
}
