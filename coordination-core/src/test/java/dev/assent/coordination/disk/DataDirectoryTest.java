package dev.assent.coordination.disk;

import static dev.assent.coordination.disk.LogFixture.append;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.assent.coordination.model.Epoch;
import dev.assent.coordination.model.ServerId;
import dev.assent.coordination.spi.CorruptDataException;
import dev.assent.coordination.spi.EpochStore.Epochs;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DataDirectoryTest {
    private static final ServerId MEMBER = new ServerId(3);

    @TempDir
    Path directory;

    private Path data;
    private Path logs;

    @BeforeEach
    void name_directories() {
        data = directory.resolve("data");
        logs = directory.resolve("logs");
    }

    @Test
    void a_directory_that_cannot_be_made_is_named_with_the_reason_and_the_remedy() throws IOException {
        Files.writeString(data, "a file stands where the directory should be");

        assertThatThrownBy(this::open)
                .isInstanceOf(IOException.class)
                .hasMessageContaining(data.toString())
                .hasMessageContaining("cannot be made")
                .hasMessageContaining("FileAlreadyExists")
                .hasMessageContaining("correct dataDir or dataLogDir");
    }

    @Test
    void a_second_server_on_the_same_directory_is_told_so() throws IOException {
        try (DataDirectory first = open()) {
            assertThat(first.epochs().load()).isEqualTo(Epochs.NONE);

            assertThatThrownBy(this::open)
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("another server uses this directory");
            assertThatThrownBy(() -> DataDirectory.open(directory.resolve("elsewhere"), logs, MEMBER))
                    .hasMessageContaining(logs.toString())
                    .hasMessageContaining("another server uses this directory");
        }
        open().close();
    }

    @Test
    void a_second_server_of_the_process_that_is_refused_does_not_unlock_the_directory_for_other_processes()
            throws Exception {
        try (DataDirectory first = open()) {
            assertThatThrownBy(this::open).hasMessageContaining("one of this same process");
            assertThatThrownBy(this::open).hasMessageContaining("try again once the disk answers");

            assertThat(lockInAnotherProcess(data)).isEqualTo("held");
            assertThat(first.log().last()).isNotNull();
        }
        assertThat(lockInAnotherProcess(data)).isEqualTo("free");
    }

    private static String lockInAnotherProcess(Path directory) throws Exception {
        Process other = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-cp",
                        System.getProperty("java.class.path"),
                        OtherProcess.class.getName(),
                        directory.resolve(DataDirectory.SUBDIRECTORY).toString())
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        String said = new String(other.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(other.waitFor()).isZero();
        return said.trim();
    }

    /** Says whether it could take the directory. */
    static final class OtherProcess {
        private OtherProcess() {}

        public static void main(String[] arguments) {
            try (DirectoryLock lock = DirectoryLock.acquire(Path.of(arguments[0]))) {
                System.out.println(lock.directory().endsWith(DataDirectory.SUBDIRECTORY) ? "free" : "elsewhere");
            } catch (IOException refused) {
                System.out.println("held");
            }
        }
    }

    @Test
    void a_failed_opening_releases_the_locks() throws IOException {
        open().close();

        assertThatThrownBy(() -> DataDirectory.open(data, logs, new ServerId(4)))
                .hasMessageContaining("belongs to server 3, but this is server 4");
        open().close();
    }

    @Test
    void data_and_log_may_share_one_directory() throws IOException {
        try (DataDirectory shared = DataDirectory.open(data, data, MEMBER)) {
            append(shared.log(), 1, 3, 10);
            shared.log().sync();
            shared.epochs().save(new Epochs(new Epoch(2), new Epoch(1)));
        }

        try (DataDirectory shared = DataDirectory.open(data, data, MEMBER)) {
            assertThat(shared.log().last().counter()).isEqualTo(3);
            assertThat(shared.epochs().load()).isEqualTo(new Epochs(new Epoch(2), new Epoch(1)));
        }
    }

    @Test
    void the_log_is_in_the_log_directory_and_nobody_else_may_read_any_file() throws IOException {
        try (DataDirectory opened = open()) {
            append(opened.log(), 1, 1, 10);
            opened.snapshots().write(opened.log().last(), out -> out.write(1));
        }

        assertThat(names(logs)).containsExactly("lock", "log-0000000001-0000000000000000");
        assertThat(names(data)).containsExactly("lock", "metadata", "snapshot-0000000100000001-local");
        for (Path root : List.of(data, logs)) {
            for (Path file : new LocalDisk().list(root.resolve(DataDirectory.SUBDIRECTORY))) {
                assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                        .as(file.toString())
                        .isEqualTo("rw-------");
            }
        }
    }

    @Test
    void epochs_survive_a_power_cut_at_any_moment_as_a_whole() throws IOException {
        open().close();
        Path subdirectory = data.resolve(DataDirectory.SUBDIRECTORY);
        Epochs saved = Epochs.NONE;
        for (int seed = 0; seed < 100; seed++) {
            CrashingDisk disk = new CrashingDisk(new SplittableRandom(seed), seed % 6);
            Epochs next = new Epochs(new Epoch(seed + 2), new Epoch(seed + 1));
            try {
                FileEpochStore.open(disk, subdirectory, MEMBER).save(next);
                saved = next;
            } catch (CrashingDisk.PowerCut expected) {
                assertThat(disk.crashed()).isTrue();
            }
            disk.losePower();

            Epochs found =
                    FileEpochStore.open(new LocalDisk(), subdirectory, MEMBER).load();
            assertThat(found).as("seed %d", seed).isIn(saved, next);
            saved = found;
        }
    }

    @Test
    void a_new_member_whose_first_start_was_interrupted_anywhere_starts() throws IOException {
        for (int seed = 0; seed < 60; seed++) {
            Path root = Files.createDirectory(directory.resolve("seed-" + seed));
            CrashingDisk disk = new CrashingDisk(new SplittableRandom(seed), seed % 15);
            try {
                DataDirectory.open(disk, root, root, LogFixture.SMALL, MEMBER).close();
            } catch (CrashingDisk.PowerCut expected) {
                assertThat(disk.crashed()).isTrue();
            }
            disk.losePower();

            DataDirectory.open(root, root, MEMBER).close();
        }
    }

    @Test
    void half_written_epochs_are_refused() throws IOException {
        open().close();
        Path metadata = data.resolve(DataDirectory.SUBDIRECTORY).resolve(FileEpochStore.NAME);
        byte[] whole = Files.readAllBytes(metadata);

        for (int length = 0; length < whole.length; length++) {
            Files.write(metadata, Arrays.copyOf(whole, length));
            assertThatThrownBy(this::open)
                    .isInstanceOf(CorruptDataException.class)
                    .hasMessageContaining(metadata.toString())
                    .hasMessageContaining("move this member's data directories away");
        }
    }

    @Test
    void a_lost_log_or_lost_epochs_are_not_taken_for_a_new_member() throws IOException {
        try (DataDirectory opened = open()) {
            append(opened.log(), 1, 3, 10);
            opened.log().sync();
        }

        assertThatThrownBy(() -> DataDirectory.open(data, directory.resolve("unmounted"), MEMBER))
                .hasMessageContaining("is dataLogDir right, and its disk mounted?");
        Files.delete(data.resolve(DataDirectory.SUBDIRECTORY).resolve(FileEpochStore.NAME));
        assertThatThrownBy(this::open).hasMessageContaining("metadata is missing");
    }

    @Test
    void a_zookeeper_servers_directory_is_not_taken_for_an_empty_one() throws IOException {
        Files.createDirectories(data.resolve("version-2"));

        assertThatThrownBy(this::open).hasMessageContaining("Apache ZooKeeper");
    }

    private DataDirectory open() throws IOException {
        return DataDirectory.open(data, logs, MEMBER);
    }

    private static List<String> names(Path root) throws IOException {
        try (Stream<Path> files = Files.list(root.resolve(DataDirectory.SUBDIRECTORY))) {
            return files.map(file -> file.getFileName().toString()).sorted().collect(Collectors.toList());
        }
    }
}
