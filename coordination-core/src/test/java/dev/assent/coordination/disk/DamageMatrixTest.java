package dev.assent.coordination.disk;

import static dev.assent.coordination.disk.LogFixture.append;
import static dev.assent.coordination.disk.LogFixture.read;
import static dev.assent.coordination.disk.LogFixture.zxid;
import static dev.assent.coordination.disk.LogFixture.zxids;
import static org.assertj.core.api.Assertions.assertThat;

import dev.assent.coordination.model.ServerId;
import dev.assent.coordination.model.Zxid;
import dev.assent.coordination.spi.CorruptDataException;
import dev.assent.coordination.spi.SnapshotStore.Stored;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Each kind of stored record, damaged in each way (after Ganesan et al., "Redundancy does not imply fault tolerance",
 * FAST 2017). Six records are in the log, each synced on its own; two snapshots, of 2 and of 4.
 *
 * <pre>
 * record            bit flip    zeroed      torn off
 * segment header    refused     refused     refused
 * log, third        refused     refused     cut: nothing proves that more was durable
 * log, last         refused     refused     cut: nothing proves that more was durable
 * epochs            refused     refused     refused
 * newest snapshot   older one   older one   older one
 * </pre>
 */
class DamageMatrixTest {
    private static final ServerId MEMBER = new ServerId(1);
    private static final int FRAME_BYTES = Frame.aligned(50);

    @TempDir
    Path directory;

    enum Damage {
        BIT_FLIP,
        ZEROED,
        TORN;

        byte[] applyTo(byte[] file, int from, int to) {
            byte[] damaged = file.clone();
            return switch (this) {
                case BIT_FLIP -> {
                    damaged[(from + to) / 2] ^= 0x10;
                    yield damaged;
                }
                case ZEROED -> {
                    Arrays.fill(damaged, from, to, (byte) 0);
                    yield damaged;
                }
                case TORN -> Arrays.copyOf(damaged, (from + to) / 2);
            };
        }
    }

    enum Outcome {
        REFUSED,
        CUT,
        OLDER_SNAPSHOT,
        UNNOTICED
    }

    @Test
    void a_damaged_segment_header_is_refused() throws IOException {
        assertThat(outcomes("log-0000000001-0000000000000000", 0, SegmentHeader.SIZE_BYTES))
                .isEqualTo(row(Outcome.REFUSED, Outcome.REFUSED, Outcome.REFUSED));
    }

    @Test
    void a_damaged_record_in_the_middle_is_refused_unless_all_after_it_is_gone() throws IOException {
        int third = SegmentHeader.SIZE_BYTES + 2 * FRAME_BYTES;
        assertThat(outcomes("log-0000000001-0000000000000000", third, third + FRAME_BYTES))
                .isEqualTo(row(Outcome.REFUSED, Outcome.REFUSED, Outcome.CUT));
    }

    @Test
    void a_damaged_last_record_is_refused_if_it_was_sealed() throws IOException {
        int last = SegmentHeader.SIZE_BYTES + 5 * FRAME_BYTES;
        assertThat(outcomes("log-0000000001-0000000000000000", last, last + FRAME_BYTES))
                .isEqualTo(row(Outcome.REFUSED, Outcome.REFUSED, Outcome.CUT));
    }

    @Test
    void damaged_epochs_are_refused() throws IOException {
        assertThat(outcomes("metadata", 0, FileEpochStore.SIZE_BYTES))
                .isEqualTo(row(Outcome.REFUSED, Outcome.REFUSED, Outcome.REFUSED));
    }

    @Test
    void a_damaged_snapshot_is_passed_over() throws IOException {
        for (int from : new int[] {0, 30, 1020}) {
            assertThat(outcomes("snapshot-0000000100000004-local", from, from + 16))
                    .isEqualTo(row(Outcome.OLDER_SNAPSHOT, Outcome.OLDER_SNAPSHOT, Outcome.OLDER_SNAPSHOT));
        }
    }

    private static Map<Damage, Outcome> row(Outcome flipped, Outcome zeroed, Outcome torn) {
        Map<Damage, Outcome> row = new EnumMap<>(Damage.class);
        row.put(Damage.BIT_FLIP, flipped);
        row.put(Damage.ZEROED, zeroed);
        row.put(Damage.TORN, torn);
        return row;
    }

    private Map<Damage, Outcome> outcomes(String file, int from, int to) throws IOException {
        Map<Damage, Outcome> outcomes = new EnumMap<>(Damage.class);
        for (Damage damage : Damage.values()) {
            Path root = Files.createTempDirectory(directory, damage.name());
            prepare(root);
            Path path = root.resolve(DataDirectory.SUBDIRECTORY).resolve(file);
            Files.write(path, damage.applyTo(Files.readAllBytes(path), from, to));
            outcomes.put(damage, outcome(root));
        }
        return outcomes;
    }

    private static void prepare(Path root) throws IOException {
        try (DataDirectory opened = DataDirectory.open(root, root, MEMBER)) {
            for (long counter = 1; counter <= 6; counter++) {
                append(opened.log(), counter, counter, 50);
                opened.log().sync();
            }
            byte[] state = new byte[1000];
            Arrays.fill(state, (byte) 7);
            for (long counter : new long[] {2, 4}) {
                opened.snapshots().write(zxid(counter), out -> out.write(state));
            }
        }
    }

    private static Outcome outcome(Path root) throws IOException {
        try (DataDirectory opened = DataDirectory.open(root, root, MEMBER)) {
            long found = read(opened.log(), Zxid.ZERO).size();
            assertThat(read(opened.log(), Zxid.ZERO)).isEqualTo(zxids(1, found));
            for (Stored stored : opened.snapshots().list()) {
                if (opened.snapshots().verify(stored)) {
                    boolean newest = stored.zxid().equals(zxid(4));
                    return found < 6 ? Outcome.CUT : newest ? Outcome.UNNOTICED : Outcome.OLDER_SNAPSHOT;
                }
            }
            return Outcome.REFUSED;
        } catch (CorruptDataException refused) {
            return Outcome.REFUSED;
        }
    }
}
