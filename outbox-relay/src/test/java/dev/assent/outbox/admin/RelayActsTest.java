package dev.assent.outbox.admin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.assent.admin.Act;
import dev.assent.admin.Action;
import dev.assent.outbox.jdbc.OutboxOperations;
import dev.assent.outbox.lease.LeaseSettings;
import dev.assent.outbox.lease.RelayAudit;
import dev.assent.outbox.testing.Parts;
import dev.assent.store.Deadline;
import dev.assent.store.StoreConfig;
import dev.assent.store.StoreOp;
import dev.assent.store.StoreSession;
import dev.assent.time.Clock;
import java.io.IOException;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.postgresql.ds.PGSimpleDataSource;

@Timeout(300)
@ExtendWith(Parts.class)
class RelayActsTest {
    private final Parts.Assent ensemble;

    RelayActsTest(Parts.Assent ensemble) {
        this.ensemble = ensemble;
    }

    /** A database that answers no more, as the audit log does not from then on. */
    private static final class Gone extends PGSimpleDataSource {
        private static final long serialVersionUID = 1L;
        private final transient RelayAudit audit;

        Gone(RelayAudit audit) {
            this.audit = audit;
        }

        @Override
        public Connection getConnection() throws SQLException {
            audit.close();
            throw new SQLException("planted");
        }
    }

    private RelayAudit audit() {
        return new RelayAudit(
                new LeaseSettings(ensemble.connect(), "shop", "one", Duration.ofSeconds(10), Optional.empty()),
                Clock.SYSTEM);
    }

    private static Action action(RelayAudit audit, Act act) {
        return Objects.requireNonNull(new RelayActs(new OutboxOperations(new Gone(audit)), audit, "shop")
                .all()
                .get(act));
    }

    private static Action.Order order(boolean dryRun) {
        return new Action.Order("token:ann@one", "because", dryRun, Optional.empty());
    }

    @Test
    void an_item_that_names_nothing_is_refused_before_anything_is_intended_and_in_a_dry_run_too() throws IOException {
        try (RelayAudit audit = audit()) {
            for (boolean dryRun : new boolean[] {true, false}) {
                assertThatThrownBy(() -> action(audit, Act.OUTBOX_REPLAY).act(order(dryRun), "the last one"))
                        .isInstanceOf(IllegalArgumentException.class);
                assertThatThrownBy(() -> action(audit, Act.OUTBOX_SKIP).act(order(dryRun), "x".repeat(513)))
                        .isInstanceOf(IllegalArgumentException.class);
            }
        }
    }

    @Test
    void what_may_have_been_done_is_said_so_though_the_audit_log_is_gone_too() throws IOException {
        try (StoreSession session = StoreSession.open(StoreConfig.of(ensemble.connect()))) {
            session.createIfMissing(new StoreOp.Create("/assent", new byte[0]), Deadline.in(Duration.ofSeconds(30)));
        }
        try (RelayAudit audit = audit()) {
            assertThatThrownBy(() -> action(audit, Act.OUTBOX_SKIP).act(order(false), "orders"))
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("look whether it was done: planted")
                    .hasMessageContaining("the audit log has only that it was intended");
        }
        try (RelayAudit audit = audit()) {
            assertThat(audit.latest(1)).singleElement().satisfies(kept -> assertThat(kept.result())
                    .isEqualTo("intended"));
        }
    }
}
