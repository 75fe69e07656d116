package dev.assent.coordination.disk;

import static dev.assent.coordination.disk.LogFixture.append;
import static dev.assent.coordination.disk.LogFixture.open;
import static dev.assent.coordination.disk.LogFixture.read;
import static dev.assent.coordination.disk.LogFixture.txn;
import static dev.assent.coordination.disk.LogFixture.zxid;
import static dev.assent.coordination.disk.LogFixture.zxids;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.assent.coordination.model.Payload;
import dev.assent.coordination.model.Zxid;
import dev.assent.coordination.spi.CorruptDataException;
import dev.assent.invariants.Invariants;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FileTxnLogTest {
    @TempDir
    Path directory;

    @Test
    void records_are_found_again_across_segments() throws IOException {
        try (FileTxnLog log = open(directory)) {
            append(log, 1, 50, 200);
            log.sync();
        }

        try (FileTxnLog log = open(directory)) {
            assertThat(segments()).hasSizeGreaterThan(3);
            assertThat(log.base()).isEqualTo(Zxid.ZERO);
            assertThat(log.last()).isEqualTo(zxid(50));
            assertThat(read(log, Zxid.ZERO)).isEqualTo(zxids(1, 50));
            assertThat(read(log, zxid(37))).isEqualTo(zxids(38, 50));
        }
    }

    @Test
    void a_record_larger_than_the_buffer_and_the_segment_is_kept_whole() throws IOException {
        Payload large = txn(zxid(2), 1 << 20);
        try (FileTxnLog log = open(directory)) {
            append(log, 1, 1, 10);
            log.append(zxid(2), large);
            append(log, 3, 3, 10);
            log.sync();
        }

        try (FileTxnLog log = open(directory)) {
            assertThat(read(log, Zxid.ZERO)).isEqualTo(zxids(1, 3));
        }
    }

    @Test
    void a_record_that_does_not_follow_the_last_one_is_refused() throws IOException {
        try (FileTxnLog log = open(directory)) {
            append(log, 1, 5, 10);

            assertThatThrownBy(() -> log.append(zxid(5), Payload.EMPTY)).isInstanceOf(Invariants.Violation.class);
        }
    }

    @Test
    void truncation_drops_exactly_the_records_after_the_last_kept_one() throws IOException {
        for (long kept : new long[] {49, 40, 13, 8, 1}) {
            try (FileTxnLog log = open(directory)) {
                append(log, log.last().counter() + 1, 50, 200);

                log.truncate(zxid(kept));

                assertThat(read(log, Zxid.ZERO)).isEqualTo(zxids(1, kept));
            }
        }
    }

    @Test
    void a_log_cut_off_as_a_whole_begins_again() throws IOException {
        try (FileTxnLog log = open(directory)) {
            append(log, 1, 30, 200);
            log.truncate(Zxid.ZERO);
            append(log, 1, 3, 100);
            log.sync();
        }

        try (FileTxnLog log = open(directory)) {
            assertThat(read(log, Zxid.ZERO)).isEqualTo(zxids(1, 3));
        }
    }

    @Test
    void after_a_restart_only_what_follows_the_new_base_counts() throws IOException {
        try (FileTxnLog log = open(directory)) {
            append(log, 1, 30, 200);
            log.restartAfter(zxid(100));
            append(log, 101, 120, 200);
            log.sync();
        }

        try (FileTxnLog log = open(directory)) {
            assertThat(log.base()).isEqualTo(zxid(100));
            assertThat(read(log, Zxid.ZERO)).isEqualTo(zxids(101, 120));
        }
    }

    @Test
    void purging_frees_segments_but_no_record_that_is_still_needed() throws IOException {
        try (FileTxnLog log = open(directory)) {
            append(log, 1, 50, 200);
            int before = segments().size();
            log.purgeThrough(zxid(25));

            assertThat(segments()).hasSizeLessThan(before);
            assertThat(log.base().compareTo(zxid(25))).isLessThanOrEqualTo(0);
            assertThat(log.base().isAfter(zxid(10))).isTrue();
            assertThat(read(log, zxid(25))).isEqualTo(zxids(26, 50));
        }
        try (FileTxnLog log = open(directory)) {
            assertThat(read(log, zxid(25))).isEqualTo(zxids(26, 50));
        }
    }

    @Test
    void a_last_record_torn_at_any_byte_is_cut_off_and_the_log_goes_on() throws IOException {
        try (FileTxnLog log = open(directory)) {
            append(log, 1, 3, 50);
            log.sync();
            append(log, 4, 4, 50);
            log.sync();
        }
        Path file = segments().get(0);
        byte[] whole = Files.readAllBytes(file);
        int payloadEnd = SegmentHeader.SIZE_BYTES + 3 * Frame.aligned(50) + Frame.HEADER_BYTES + 50;

        for (int torn = SegmentHeader.SIZE_BYTES + 3 * Frame.aligned(50); torn < payloadEnd; torn++) {
            byte[] shortened = Arrays.copyOf(whole, torn);
            byte[] blanked = Arrays.copyOf(shortened, whole.length);
            for (byte[] left : List.of(shortened, blanked)) {
                Files.write(file, left);

                try (FileTxnLog log = open(directory)) {
                    assertThat(read(log, Zxid.ZERO)).as("torn at %d", torn).isEqualTo(zxids(1, 3));
                    append(log, 4, 6, 50);
                    log.sync();
                }
                try (FileTxnLog log = open(directory)) {
                    assertThat(read(log, Zxid.ZERO)).isEqualTo(zxids(1, 6));
                }
            }
        }
    }

    @Test
    void a_flipped_bit_anywhere_before_the_end_is_reported_and_nothing_is_cut_off() throws IOException {
        try (FileTxnLog log = open(directory)) {
            for (long counter = 1; counter <= 6; counter++) {
                append(log, counter, counter, 50);
                log.sync();
            }
        }
        Path file = segments().get(0);
        byte[] whole = Files.readAllBytes(file);
        int end = SegmentHeader.SIZE_BYTES + 6 * Frame.aligned(50);
        SplittableRandom random = new SplittableRandom(7);

        for (int at = 0; at < end; at++) {
            byte[] damaged = whole.clone();
            damaged[at] ^= (byte) (1 << random.nextInt(8));
            Files.write(file, damaged);

            assertThatThrownBy(() -> open(directory))
                    .as("offset %d", at)
                    .isInstanceOf(CorruptDataException.class)
                    .hasMessageContaining(file.toString())
                    .hasMessageContaining("offset")
                    .hasMessageContaining("restore this disk from a backup");
            assertThat(Files.readAllBytes(file)).isEqualTo(damaged);
        }
    }

    @Test
    void a_missing_segment_is_reported() throws IOException {
        try (FileTxnLog log = open(directory)) {
            append(log, 1, 50, 200);
            log.sync();
        }
        Files.delete(segments().get(2));

        assertThatThrownBy(() -> open(directory))
                .isInstanceOf(CorruptDataException.class)
                .hasMessageContaining("a segment is missing");
    }

    @Test
    void a_frame_inside_a_clients_data_is_never_taken_for_a_record() throws IOException {
        Path other = Files.createDirectory(directory.resolve("other"));
        try (FileTxnLog log = open(other)) {
            append(log, 1, 3, 50);
            log.sync();
            append(log, 4, 4, 50);
            log.sync();
        }
        byte[] forged = Files.readAllBytes(other.resolve(segments(other).get(0).getFileName()));
        try (FileTxnLog log = open(directory)) {
            append(log, 1, 1, 50);
            log.sync();
            log.append(zxid(2), Payload.wrap(Arrays.copyOf(forged, 600)));
            log.sync();
        }
        Path file = segments().get(0);
        byte[] whole = Files.readAllBytes(file);
        int second = SegmentHeader.SIZE_BYTES + Frame.aligned(50);
        Arrays.fill(whole, second, second + 8, (byte) 0);
        Arrays.fill(whole, second + Frame.aligned(600), whole.length, (byte) 0);
        Files.write(file, whole);

        try (FileTxnLog log = open(directory)) {
            assertThat(read(log, Zxid.ZERO)).isEqualTo(zxids(1, 1));
        }
    }

    @Test
    void after_the_first_failure_the_log_is_dead() throws IOException {
        CrashingDisk disk = new CrashingDisk(new SplittableRandom(1), 7);
        try (FileTxnLog log = open(disk, directory)) {
            assertThatThrownBy(() -> {
                        for (long counter = 1; counter < 100; counter++) {
                            append(log, counter, counter, 200);
                            log.sync();
                        }
                    })
                    .isInstanceOf(CrashingDisk.PowerCut.class);

            assertThatThrownBy(log::sync).hasMessageContaining("stopped after an earlier failure");
            assertThatThrownBy(() -> append(log, 200, 200, 1)).hasMessageContaining("stopped after an earlier failure");
        }
    }

    private List<Path> segments() throws IOException {
        return segments(directory);
    }

    private static List<Path> segments(Path directory) throws IOException {
        try (Stream<Path> files = Files.list(directory)) {
            return files.filter(SegmentHeader::isName).sorted().collect(Collectors.toList());
        }
    }
}
