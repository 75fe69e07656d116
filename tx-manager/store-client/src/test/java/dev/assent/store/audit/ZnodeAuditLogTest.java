package dev.assent.store.audit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.assent.store.SetAside;
import dev.assent.store.StoreConfig;
import dev.assent.store.StoreSession;
import dev.assent.tx.testing.ApacheZooKeeper;
import dev.assent.tx.testing.TestStore;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ZnodeAuditLogTest {

    @Test
    void entries_are_kept_in_order_and_the_oldest_go(@TempDir Path directory) throws Exception {
        try (TestStore store = new ApacheZooKeeper(directory);
                StoreSession session = StoreSession.open(StoreConfig.of(store.connectString()))) {
            session.await(session.create("/assent", new byte[0]), "laying out");
            ZnodeAuditLog log = new ZnodeAuditLog(session, new SetAside(), 5);
            for (int number = 1; number <= 8; number++) {
                log.keep(entry("reason\n" + number));
            }
            session.await(
                    session.create(ZnodeAuditLog.FOLDER + "/odd", "x".getBytes(StandardCharsets.UTF_8)),
                    "something odd");

            assertThat(log.latest(3))
                    .extracting(AuditLog.Entry::reason)
                    .containsExactly("reason 6", "reason 7", "reason 8");
            assertThat(log.latest(100)).hasSize(5).contains(entry("reason 4"));
        }
    }

    @Test
    void operators_at_the_same_time_lose_no_entry(@TempDir Path directory) throws Exception {
        try (TestStore store = new ApacheZooKeeper(directory);
                StoreSession session = StoreSession.open(StoreConfig.of(store.connectString()))) {
            session.await(session.create("/assent", new byte[0]), "a store of before there was an audit log");
            List<CompletableFuture<Void>> operators = new ArrayList<>();
            for (int operator = 0; operator < 4; operator++) {
                String name = "operator " + operator;
                operators.add(CompletableFuture.runAsync(() -> keep(new ZnodeAuditLog(session, new SetAside()), name)));
            }
            operators.forEach(CompletableFuture::join);

            assertThat(new ZnodeAuditLog(session, new SetAside()).latest(100))
                    .extracting(AuditLog.Entry::reason)
                    .containsExactlyInAnyOrder("operator 0", "operator 1", "operator 2", "operator 3");
        }
    }

    private static void keep(AuditLog log, String reason) {
        try {
            log.keep(entry(reason));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static AuditLog.Entry entry(String reason) {
        return new AuditLog.Entry(1, "me@here", "resolve", "gtrid", reason.replace('\n', ' '), "done");
    }
}
