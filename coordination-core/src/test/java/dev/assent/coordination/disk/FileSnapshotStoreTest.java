package dev.assent.coordination.disk;

import static dev.assent.coordination.disk.LogFixture.zxid;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.assent.coordination.model.Payload;
import dev.assent.coordination.model.Zxid;
import dev.assent.coordination.spi.SnapshotStore;
import dev.assent.coordination.spi.SnapshotStore.Stored;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FileSnapshotStoreTest {
    private static final byte[] STATE = state(700_000);

    @TempDir
    Path directory;

    private static byte[] state(int bytes) {
        byte[] state = new byte[bytes];
        for (int i = 0; i < bytes; i++) {
            state[i] = (byte) ((i * 31) >> 3);
        }
        return state;
    }

    @Test
    void a_written_snapshot_is_read_back_whole() throws IOException {
        FileSnapshotStore store = open();
        store.write(zxid(5), out -> out.write(STATE));

        Stored stored = open().list().get(0);

        assertThat(stored).isEqualTo(new Stored(zxid(5), false));
        assertThat(store.verify(stored)).isTrue();
        assertThat(body(store, stored)).isEqualTo(STATE);
    }

    @Test
    void a_received_snapshot_is_the_sum_of_its_pieces() throws IOException {
        FileSnapshotStore store = open();
        try (SnapshotStore.Reception reception = store.receive(zxid(9))) {
            reception.append(Payload.wrap(new byte[] {1, 2}));
            reception.append(Payload.wrap(new byte[] {3}));
            reception.commit();
        }

        Stored stored = store.list().get(0);
        assertThat(stored).isEqualTo(new Stored(zxid(9), true));
        assertThat(store.verify(stored)).isTrue();
        assertThat(body(store, stored)).containsExactly(1, 2, 3);
    }

    @Test
    void an_unfinished_reception_leaves_nothing() throws IOException {
        FileSnapshotStore store = open();
        try (SnapshotStore.Reception reception = store.receive(zxid(9))) {
            reception.append(Payload.wrap(STATE));
        }

        assertThat(store.list()).isEmpty();
        assertThat(new LocalDisk().list(directory)).isEmpty();
    }

    @Test
    void a_power_cut_at_any_moment_leaves_a_whole_snapshot_or_none() throws IOException {
        int before = 0;
        int after = 0;
        for (int seed = 0; seed < 200; seed++) {
            CrashingDisk disk = new CrashingDisk(new SplittableRandom(seed), seed % 14);
            FileSnapshotStore crashing = FileSnapshotStore.open(disk, directory);
            try {
                crashing.write(zxid(seed + 1), out -> out.write(STATE));
            } catch (CrashingDisk.PowerCut expected) {
                assertThat(disk.crashed()).isTrue();
            }
            disk.losePower();

            FileSnapshotStore store = open();
            List<Stored> found = store.list();
            assertThat(found.isEmpty()).as("seed %d", seed).isIn(disk.crashed(), false);
            for (Stored stored : found) {
                assertThat(store.verify(stored)).as("seed %d", seed).isTrue();
                Files.delete(directory.resolve(
                        "snapshot-%016x-local".formatted(stored.zxid().value())));
            }
            before += found.isEmpty() ? 1 : 0;
            after += found.size();
        }
        assertThat(before).isPositive();
        assertThat(after).isPositive();
    }

    @Test
    void only_the_newest_snapshots_are_kept() throws IOException {
        FileSnapshotStore store = open();
        for (int i = 1; i <= 5; i++) {
            store.write(zxid(i), out -> out.write(STATE));
        }

        assertThat(store.purge(3)).contains(zxid(3));
        assertThat(store.list()).extracting(Stored::zxid).containsExactly(zxid(5), zxid(4), zxid(3));
    }

    @Test
    void nothing_is_purged_while_there_are_too_few_or_the_oldest_kept_one_is_damaged() throws IOException {
        FileSnapshotStore store = open();
        for (int i = 1; i <= 4; i++) {
            store.write(zxid(i), out -> out.write(STATE));
        }
        Path file = directory.resolve("snapshot-%016x-local".formatted(zxid(2).value()));
        byte[] bytes = Files.readAllBytes(file);
        bytes[5000] ^= 1;
        Files.write(file, bytes);

        assertThat(store.purge(5)).isEmpty();
        assertThat(store.purge(3)).isEmpty();
        assertThat(store.list()).hasSize(4);
    }

    @Test
    void a_failing_state_leaves_nothing_behind() throws IOException {
        FileSnapshotStore store = open();

        assertThatThrownBy(() -> store.write(zxid(1), out -> {
                    out.write(STATE);
                    throw new IOException("no more");
                }))
                .hasMessage("no more");
        assertThat(new LocalDisk().list(directory)).isEmpty();
    }

    private FileSnapshotStore open() throws IOException {
        return FileSnapshotStore.open(new LocalDisk(), directory);
    }

    private static byte[] body(SnapshotStore store, Stored stored) throws IOException {
        try (InputStream in = store.open(stored)) {
            return in.readAllBytes();
        }
    }

    @Test
    void zxids_that_look_large_sort_by_value() throws IOException {
        FileSnapshotStore store = open();
        store.write(new Zxid(0x7FFF_FFFF_0000_0001L), out -> {});
        store.write(new Zxid(2), out -> {});

        assertThat(store.list())
                .extracting(Stored::zxid)
                .containsExactly(new Zxid(0x7FFF_FFFF_0000_0001L), new Zxid(2));
    }
}
