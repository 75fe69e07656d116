package dev.assent.flight;

import static org.assertj.core.api.Assertions.assertThat;

import dev.assent.event.BranchEvent;
import dev.assent.event.Event;
import dev.assent.event.EventStream;
import dev.assent.event.RecoveryEvent;
import dev.assent.event.Told;
import dev.assent.event.TransactionEvent;
import dev.assent.event.TransactionEvent.Outcome;
import dev.assent.time.Clock;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What is kept of which transaction, for how long, and where. */
@Timeout(240)
class FlightRecorderTest {
    private static final FlightLimits SMALL = new FlightLimits(2, 1, 10, 100_000, 200_000, 2, 5);

    @TempDir
    private Path folder;

    private final EventStream stream = new EventStream(() -> 1_000);
    private FlightRecorder recorder = FlightRecorder.inMemory("none", stream);

    @AfterEach
    void close() {
        recorder.close();
    }

    private void record(FlightLimits limits) throws IOException {
        recorder.close();
        recorder = FlightRecorder.start("left", folder.resolve("flight"), stream, limits);
    }

    private void tell(Event... events) {
        Stream.of(events).forEach(stream::tell);
    }

    private static Event begun(String transaction) {
        return new TransactionEvent.Begun(transaction, 2_000);
    }

    private static Event ended(String transaction, Outcome outcome) {
        return new TransactionEvent.Ended(transaction, outcome, 1, 1);
    }

    private static Event retried(String transaction, String cause) {
        return new BranchEvent.Retried(transaction, 1, "orders", cause);
    }

    /** Of this process and those before. */
    private String export(String transaction) {
        try {
            return recorder.export(transaction).map(FlightExport::text).orElse("");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private String onDisk(String transaction) {
        FlightExport export = FlightExport.of(transaction);
        try {
            export.addAll(folder.resolve("flight"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return export.isEmpty() ? "" : export.text();
    }

    private static void until(String what, BooleanSupplier holds) throws InterruptedException {
        CountDownLatch never = new CountDownLatch(1);
        for (int look = 0; !holds.getAsBoolean(); look++) {
            assertThat(look).as(what).isLessThan(60_000);
            assertThat(never.await(2, TimeUnit.MILLISECONDS)).isFalse();
        }
    }

    @Test
    void what_has_not_ended_is_on_disk_while_its_process_lives_for_its_owner_alone() throws Exception {
        record(FlightLimits.STANDARD);
        tell(begun("aa"), new BranchEvent.Enlisted("aa", 1, "orders"));

        until("it is on disk", () -> onDisk("aa").contains("branch.enlisted"));
        assertThat(FlightRecording.of(onDisk("aa"), "it").sections().get(0).process())
                .containsEntry("name", "left");
        try (Stream<Path> files = Files.list(folder.resolve("flight"))) {
            assertThat(files.map(FlightRecorderTest::mode)).containsOnly("[OWNER_READ, OWNER_WRITE]");
        }
        assertThat(onDisk("bb")).isEmpty();
    }

    private static String mode(Path file) {
        try {
            return Files.getPosixFilePermissions(file).stream()
                    .sorted()
                    .toList()
                    .toString();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Test
    void what_ended_well_is_forgotten_in_time_and_what_did_not_is_kept() throws Exception {
        record(SMALL);
        tell(begun("aa"), ended("aa", Outcome.COMMITTED), begun("bb"), ended("bb", Outcome.HEURISTIC_MIXED));
        until("both are kept", () -> !export("aa").isEmpty() && !export("bb").isEmpty());

        tell(begun("cc"), ended("cc", Outcome.ROLLED_BACK));

        until("the third is kept", () -> !export("cc").isEmpty());
        assertThat(export("aa")).isEmpty();
        assertThat(export("bb")).contains("HEURISTIC_MIXED");
        until("it is on disk", () -> onDisk("bb").contains("HEURISTIC_MIXED"));
    }

    @Test
    void what_recovery_ended_is_kept_though_another_process_began_it() throws Exception {
        record(SMALL);
        tell(new RecoveryEvent.BranchEnded("orders", "aa", true));

        until("it is on disk", () -> onDisk("aa").contains("recovery.branchEnded"));
    }

    @Test
    void those_that_hang_keep_their_places_and_whom_there_was_none_for_is_counted() throws Exception {
        record(SMALL);
        tell(begun("aa"), begun("bb"), begun("cc"), retried("cc", "hangs"), retried("aa", "hangs"));
        until("the last is heard", () -> export("aa").contains("branch.retried"));

        assertThat(export("cc")).isEmpty();
        assertThat(export("aa")).contains("\"dropped\":1");
    }

    @Test
    void of_a_long_story_the_beginning_and_the_end_are_kept_and_the_gap_is_told() throws Exception {
        record(SMALL);
        tell(begun("aa"));
        IntStream.rangeClosed(1, 50).forEach(attempt -> tell(retried("aa", "attempt " + attempt)));

        until("the last is kept", () -> export("aa").contains("attempt 50\""));
        assertThat(export("aa")).contains("transaction.begun", "attempt 4\"", "\"leftOut\":");
        // What came since the last flush stands behind what is kept, until the next one.
        until(
                "no more is kept",
                () -> FlightRecording.of(export("aa"), "it")
                                .sections()
                                .get(0)
                                .events()
                                .size()
                        <= 12);
    }

    @Test
    void memory_and_disk_are_bounded_in_bytes() throws Exception {
        FlightLimits tiny = new FlightLimits(10, 1, 1_000, 20_000, 40_000, 2, 5);
        record(tiny);
        tell(begun("aa"), retried("aa", "first"));
        until("it is on disk", () -> onDisk("aa").contains("first"));
        for (int round = 0; round < 300; round++) {
            tell(begun("b" + round), retried("b" + round, "x".repeat(400)), ended("b" + round, Outcome.UNKNOWN));
        }
        until("the last is on disk", () -> onDisk("b299").contains("UNKNOWN"));

        assertThat(export("aa")).contains("first");
        assertThat(export("b0")).doesNotContain("UNKNOWN");
        assertThat(export("b299")).contains("UNKNOWN").containsPattern("\"dropped\":[1-9]");
        try (Stream<Path> files = Files.list(folder.resolve("flight"))) {
            List<Long> sizes = files.map(file -> file.toFile().length()).toList();
            assertThat(sizes).hasSizeLessThanOrEqualTo(2).allMatch(size -> size < 3 * tiny.fileBytesMax());
        }
    }

    @Test
    void events_that_were_missed_are_told_in_whatever_was_under_way() throws Exception {
        record(SMALL);
        tell(begun("aa"));
        until("it is kept", () -> !export("aa").isEmpty());

        recorder.missed(7);

        assertThat(export("aa")).contains("\"event\":\"gap\",\"missed\":7");
    }

    /** Its beginning waits among what had come before the loss was told, and what was lost came behind it. */
    @Test
    void what_was_waiting_when_others_were_missed_has_a_gap_as_well_and_what_comes_later_has_none() throws Exception {
        record(FlightLimits.STANDARD);
        recorder.missed(7);
        recorder.heard(new Told(1, 1_000, begun("aa")));

        IntStream.range(0, FlightRecorder.BEHIND_MAX)
                .forEach(number -> recorder.heard(new Told(number + 2, 1_000, retried("nobody", "away"))));
        recorder.heard(new Told(100_000, 1_000, begun("bb")));

        assertThat(export("aa")).contains("\"event\":\"gap\",\"missed\":7");
        assertThat(export("bb")).contains("transaction.begun").doesNotContain("gap");
    }

    @Test
    void those_whose_end_may_have_been_missed_keep_no_place_from_others() throws Exception {
        record(SMALL);
        recorder.heard(new Told(1, 1_000, begun("aa")));
        recorder.heard(new Told(2, 1_000, begun("bb")));
        recorder.missed(2);
        recorder.heard(new Told(5, 1_000, begun("cc")));

        assertThat(export("aa")).isEmpty();
        assertThat(export("bb")).contains("transaction.begun");
        assertThat(export("cc")).contains("transaction.begun", "\"dropped\":1");
    }

    /** Else the file of a dead process tells of a hang that never was. */
    @Test
    void what_stood_on_disk_as_unfinished_and_ended_well_stands_there_as_ended() throws Exception {
        record(SMALL);
        tell(begun("aa"), new BranchEvent.Enlisted("aa", 1, "orders"));
        until("it is on disk", () -> onDisk("aa").contains("branch.enlisted"));

        tell(ended("aa", Outcome.COMMITTED), begun("bb"), ended("bb", Outcome.COMMITTED));

        until("its end is on disk", () -> onDisk("aa").contains("transaction.ended"));
    }

    @Test
    void two_recorders_that_start_in_one_process_at_one_moment_write_to_files_of_their_own() {
        Clock stopped = () -> 1_000;

        assertThat(FlightProcess.current("one", stopped).id())
                .isNotEqualTo(FlightProcess.current("other", stopped).id());
    }

    @Test
    void no_password_and_no_endless_text_is_written() throws Exception {
        record(SMALL);
        tell(
                begun("aa"),
                retried("aa", "jdbc:postgresql://bob:hunter1@db/shop?password=hunter2&ssl=true, PASSWORD: hunter3"),
                retried("aa", "asked with {\"password\": \"hunter4\"}"),
                retried("aa", "y".repeat(FlightText.TEXT_MAX - 17) + " at jdbc://bob:hunter5@db"),
                retried("aa", "long " + "x".repeat(100_000)));

        until("all are kept", () -> export("aa").contains("long"));
        assertThat(export("aa"))
                .contains("//bob:***@db", "password=***&ssl=true", "PASSWORD: ***")
                .doesNotContain("hunter")
                .hasSizeLessThan(4_000);
    }

    @Test
    void a_disk_that_takes_nothing_costs_the_files_alone_and_is_tried_again() throws Exception {
        record(SMALL);
        Path flight = folder.resolve("flight");
        Files.delete(flight);
        tell(begun("aa"));
        until("it is in memory", () -> !export("aa").isEmpty());
        Files.createDirectories(flight);

        tell(retried("aa", "later"));

        until("all of it is on disk", () -> onDisk("aa").contains("later"));
        assertThat(onDisk("aa")).contains("transaction.begun");
    }

    @Test
    void what_a_process_before_recorded_is_exported_with_it_until_there_were_enough_others() throws Exception {
        record(SMALL);
        tell(begun("aa"));
        until("it is on disk", () -> onDisk("aa").contains("begun"));

        record(SMALL);
        tell(new RecoveryEvent.BranchEnded("orders", "aa", false));

        until("both are exported", () -> export("aa").contains("branchEnded"));
        assertThat(FlightRecording.of(export("aa"), "it").sections()).hasSize(2);

        until("it is on disk", () -> onDisk("aa").contains("branchEnded"));
        record(SMALL);
        assertThat(export("aa")).contains("branchEnded").doesNotContain("begun");
    }
}
