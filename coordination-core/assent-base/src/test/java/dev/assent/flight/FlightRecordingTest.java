package dev.assent.flight;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.assent.json.JsonReader;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

/** Files that are whole, and such as are not. */
class FlightRecordingTest {
    private static final String EVENT =
            "{\"number\":1,\"at\":5,\"event\":\"transaction.begun\",\"transaction\":\"0a\",\"text\":\"\\u00e4\\\"\"}";

    private static FlightExport export() {
        FlightExport export = FlightExport.of("0a");
        export.add(new FlightProcess("0000000000001-7", "left", 1, 7).line(0, 2), List.of(EVENT));
        return export;
    }

    private static void refused(String text, String... because) {
        ThrowingCallable reading = () -> FlightRecording.of(text, "a.flight");
        assertThatThrownBy(reading)
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("a.flight")
                .satisfies(told -> assertThat(told.getMessage()).contains(because));
    }

    @Test
    void a_file_says_what_was_exported_and_can_be_added_to_another() {
        FlightRecording read = FlightRecording.of(export().text(), "a");

        assertThat(read.transaction()).isEqualTo("0a");
        assertThat(read.sections()).hasSize(1);
        assertThat(read.sections().get(0).process())
                .containsEntry("name", "left")
                .containsEntry("dropped", 2L);
        assertThat(read.sections().get(0).events())
                .containsExactly(Map.of(
                        "number", 1L, "at", 5L, "event", "transaction.begun", "transaction", "0a", "text", "ä\""));
        FlightExport other = FlightExport.of("0a");
        other.addAll(read);
        other.addAll(read);
        assertThat(other.text()).isEqualTo(export().text());
    }

    @Test
    void a_foreign_file_a_newer_one_a_cut_one_and_a_changed_one_are_told_apart() {
        String whole = export().text();

        refused("", "is no export of a transaction", "./assent tx export");
        refused("{\"some\":\"json\"}\n", "is no export of a transaction");
        refused("PK\u0003\u0004", "is no export of a transaction");
        refused(whole.replace("\"assentFlight\":1", "\"assentFlight\":2"), "version 2", "reads version 1");
        refused(whole.substring(0, whole.lastIndexOf("{\"lines\"")), "is cut off");
        refused(whole.substring(0, whole.length() - 10), "line 4");
        refused(whole.replace("\"number\":1", "\"number\":2"), "was changed");
        refused(whole.replace(EVENT + "\n", ""), "was changed");
        refused(
                FlightExport.sealed(List.of("{\"assentFlight\":1,\"transaction\":\"0a\"}", EVENT)),
                "line 2",
                "an event of a process was expected");
    }

    @Test
    void whatever_a_file_says_is_read_or_refused() {
        byte[] whole = export().text().getBytes(StandardCharsets.UTF_8);
        SplittableRandom random = new SplittableRandom(7);
        int refused = 0;
        for (int round = 0; round < 20_000; round++) {
            byte[] other = whole.clone();
            for (int change = random.nextInt(4); change >= 0; change--) {
                other[random.nextInt(other.length)] = (byte) random.nextInt(256);
            }
            try {
                FlightRecording unused = FlightRecording.of(new String(other, StandardCharsets.UTF_8), "fuzzed");
            } catch (IllegalArgumentException told) {
                refused++;
            }
        }
        assertThat(refused).isGreaterThan(19_000);
        assertThatThrownBy(() -> JsonReader.object("{\"a\":" + "[".repeat(100_000)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("levels");
    }
}
