package dev.assent.tx.remote.acceptor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.assent.tx.model.Decision;
import dev.assent.tx.protocol.paxos.AcceptorId;
import dev.assent.tx.protocol.paxos.PaxosRegister;
import dev.assent.tx.spi.AcceptorAddresses;
import dev.assent.tx.spi.AcceptorLog;
import dev.assent.tx.spi.AcceptorLog.Entry;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What an acceptor's directory holds after it was opened again, cut short, damaged. */
class FileAcceptorLogTest {
    @TempDir
    Path directory;

    private Path file() {
        return directory.resolve("acceptor.log");
    }

    private FileAcceptorLog open() throws IOException {
        return FileAcceptorLog.open(directory, FileAcceptorLog.Limits.DEFAULT);
    }

    private static void save(AcceptorLog log, Entry entry) throws Exception {
        log.save(entry).toCompletableFuture().get(120, TimeUnit.SECONDS);
    }

    @Test
    void everything_saved_is_there_again_under_the_same_id() throws Exception {
        AcceptorId id;
        try (FileAcceptorLog log = open()) {
            id = log.id();
            save(log, Sample.register(1, Sample.ZERO, Decision.COMMIT));
            save(log, Sample.register(1, Sample.ONE, Decision.ABORT));
            save(log, new Entry.Register(Sample.transaction(2), PaxosRegister.forgotten()));
            save(log, new Entry.Voting(Sample.transaction(1), Sample.RESOURCE));
            save(log, new Entry.Kept(Sample.transaction(1), Sample.addresses()));
            save(log, new Entry.Voting(Sample.transaction(2), Sample.RESOURCE));
            save(log, new Entry.Kept(Sample.transaction(2), Sample.addresses()));
            save(log, new Entry.Released(Sample.transaction(2)));
        }

        try (FileAcceptorLog log = open()) {
            assertThat(log.id()).isEqualTo(id);
            assertThat(log.contents().registers())
                    .containsEntry(Sample.transaction(1), Sample.accepted(Sample.ONE, Decision.ABORT))
                    .containsEntry(Sample.transaction(2), PaxosRegister.forgotten());
            assertThat(log.contents().kept())
                    .containsOnlyKeys(Sample.transaction(1))
                    .containsValue(Sample.addresses());
            assertThat(log.contents().votedIn())
                    .containsExactly(Map.entry(Sample.transaction(1), Set.of(Sample.RESOURCE)));
        }
    }

    @Test
    void what_cannot_be_written_at_all_fails_and_whatever_comes_after_it() throws Exception {
        AcceptorAddresses unwritable = new AcceptorAddresses(List.of(
                new AcceptorAddresses.Entry(Sample.addresses().entries().get(0).acceptor(), "x".repeat(70_000))));

        try (FileAcceptorLog log = open()) {
            assertThatThrownBy(() -> save(log, new Entry.Kept(Sample.transaction(1), unwritable)))
                    .isInstanceOf(ExecutionException.class);
            assertThatThrownBy(() -> save(log, Sample.register(1, Sample.ZERO, Decision.COMMIT)))
                    .isInstanceOf(ExecutionException.class)
                    .hasMessageContaining("start the process again");
        }
    }

    @Test
    void what_is_forgotten_is_folded_into_a_horizon_that_stays() throws Exception {
        try (FileAcceptorLog log = open()) {
            save(log, new Entry.Register(Sample.transaction(2), PaxosRegister.forgotten()));
            save(log, Sample.register(1, Sample.ZERO, Decision.COMMIT));
            save(log, new Entry.Horizon(Sample.DEADLINE));
        }

        try (FileAcceptorLog log = open()) {
            assertThat(log.contents().registers()).containsOnlyKeys(Sample.transaction(1));
            assertThat(log.contents().horizonEpochMillis()).isEqualTo(Sample.DEADLINE);
        }
    }

    @Test
    void a_file_cut_short_anywhere_in_its_last_frame_has_what_was_saved_before() throws Exception {
        try (FileAcceptorLog log = open()) {
            save(log, Sample.register(1, Sample.ZERO, Decision.COMMIT));
        }
        int before = (int) Files.size(file());
        try (FileAcceptorLog log = open()) {
            save(log, Sample.register(1, Sample.ONE, Decision.ABORT));
        }
        byte[] whole = Files.readAllBytes(file());

        for (int length = before; length < whole.length; length++) {
            Files.write(file(), Arrays.copyOf(whole, length));
            try (FileAcceptorLog log = open()) {
                assertThat(log.contents().registers())
                        .containsEntry(Sample.transaction(1), Sample.accepted(Sample.ZERO, Decision.COMMIT));
                save(log, Sample.register(2, Sample.ZERO, Decision.COMMIT)); // and goes on
            }
        }
    }

    @Test
    void damage_before_the_last_frame_is_refused_with_the_remedy() throws Exception {
        try (FileAcceptorLog log = open()) {
            save(log, Sample.register(1, Sample.ZERO, Decision.COMMIT));
        }
        int first = (int) Files.size(file());
        try (FileAcceptorLog log = open()) {
            save(log, Sample.register(2, Sample.ZERO, Decision.COMMIT));
        }
        byte[] whole = Files.readAllBytes(file());

        for (int at = 0; at < first; at++) {
            byte[] damaged = whole.clone();
            damaged[at] ^= 0x10;
            Files.write(file(), damaged);
            assertThatThrownBy(this::open)
                    .as("byte %d", at)
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("move the directory away");
        }
    }

    @Test
    void two_processes_do_not_share_a_directory() throws Exception {
        try (FileAcceptorLog first = open()) {
            assertThatThrownBy(this::open).isInstanceOf(IOException.class).hasMessageContaining("directory of its own");
            save(first, Sample.register(1, Sample.ZERO, Decision.COMMIT));
        }
        open().close();
    }

    @Test
    void a_file_that_has_grown_is_written_anew_with_what_is_alive() throws Exception {
        FileAcceptorLog.Limits small = new FileAcceptorLog.Limits(100, 2_000);
        try (FileAcceptorLog log = FileAcceptorLog.open(directory, small)) {
            for (int round = 0; round < 200; round++) {
                save(log, Sample.register(round % 3, Sample.ZERO, Decision.COMMIT));
            }
        }

        assertThat(Files.size(file())).isLessThan(4_000);
        try (FileAcceptorLog log = open()) {
            assertThat(log.contents().registers()).hasSize(3);
        }
    }

    @Test
    void a_closed_log_saves_nothing_and_says_so() throws Exception {
        FileAcceptorLog log = open();
        log.close();

        assertThatThrownBy(() -> save(log, Sample.register(1, Sample.ZERO, Decision.COMMIT)))
                .hasMessageContaining("is closed");
    }
}
