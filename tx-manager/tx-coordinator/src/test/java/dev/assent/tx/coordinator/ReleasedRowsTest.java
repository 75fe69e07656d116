package dev.assent.tx.coordinator;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import dev.assent.time.Clock;
import dev.assent.tx.model.Authority;
import dev.assent.tx.model.BranchId;
import dev.assent.tx.model.ClusterId;
import dev.assent.tx.model.Decision;
import dev.assent.tx.model.DecisionRecord;
import dev.assent.tx.model.EpochKey;
import dev.assent.tx.model.GlobalTxId;
import dev.assent.tx.model.PointLook;
import dev.assent.tx.model.ResourceName;
import dev.assent.tx.spi.DecisionTable;
import dev.assent.tx.spi.Participant;
import dev.assent.tx.spi.ResourceManager;
import java.io.IOException;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

class ReleasedRowsTest {
    private static final ResourceName.Hash ORDERS = new ResourceName("orders").hash();
    private static final long DEADLINE = 1_000;
    private static final long LONG_AFTER = DEADLINE + 2 * DecisionRecord.RETENTION_MILLIS;

    private final Table table = new Table();
    private final ReleasedRows released = new ReleasedRows(
            new PointTables(Clock.SYSTEM, hash -> Optional.of(new Home(table)).map(ResourceManager.class::cast)));
    private final ListAppender<ILoggingEvent> lines = new ListAppender<>();
    private long unique;

    @BeforeEach
    void listen() {
        lines.list = new CopyOnWriteArrayList<>(); // it is read while others write
        lines.start();
        ((Logger) LoggerFactory.getLogger(ReleasedRows.class)).addAppender(lines);
    }

    @AfterEach
    void listenNoMore() {
        ((Logger) LoggerFactory.getLogger(ReleasedRows.class)).detachAppender(lines);
    }

    private void release(int count) {
        EpochKey key = new EpochKey(Authority.EMBEDDED_2PC, 1, 1);
        for (int i = 0; i < count; i++) {
            GlobalTxId.Unique another = new GlobalTxId.Unique(0, unique++);
            released.release(new GlobalTxId(new ClusterId(1), key, 0, DEADLINE, another).decidedIn(ORDERS));
        }
    }

    @Test
    void rows_that_cannot_be_deleted_are_told_with_cause_and_remedy_in_one_line_and_are_deleted_later() {
        table.refusal = Optional.of(new IOException("resource orders cannot be asked: permission denied"));
        release(3);

        for (int second = 0; second < 50; second++) {
            released.flush(LONG_AFTER);
        }

        assertThat(lines.list).hasSize(1);
        assertThat(lines.list.get(0).getLevel()).isEqualTo(Level.WARN);
        assertThat(lines.list.get(0).getFormattedMessage())
                .contains("3 decisions", "resource orders", "permission denied", "DELETE");
        assertThat(table.deleted).isEmpty();

        table.refusal = Optional.empty();
        released.flush(LONG_AFTER);
        assertThat(table.deleted).hasSize(3);
    }

    @Test
    void as_many_as_are_remembered_leave_no_place_for_more_until_some_are_deleted() {
        table.refusal = Optional.of(new IOException("away"));
        release(ReleasedRows.REMEMBERED_MAX - 1);
        assertThat(released.hasPlace(ORDERS)).isTrue();

        release(1);
        released.flush(LONG_AFTER);
        assertThat(released.hasPlace(ORDERS)).isFalse();
        assertThat(released.hasPlace(new ResourceName("stock").hash())).isTrue();

        table.refusal = Optional.empty();
        released.flush(LONG_AFTER);
        assertThat(released.hasPlace(ORDERS)).isTrue();
        assertThat(table.deleted).hasSize(ReleasedRows.REMEMBERED_MAX);
    }

    /** Deletes, or refuses to. */
    private static final class Table implements DecisionTable {
        private final Set<GlobalTxId> deleted = new LinkedHashSet<>();
        private Optional<IOException> refusal = Optional.empty();

        @Override
        public boolean isDefault() {
            return true;
        }

        @Override
        public CompletionStage<Decision> insertAbort(GlobalTxId transaction) {
            throw new UnsupportedOperationException("nobody terminates here");
        }

        @Override
        public CompletionStage<PointLook> look(GlobalTxId transaction) {
            throw new UnsupportedOperationException("nobody asks here");
        }

        @Override
        public CompletionStage<Map<GlobalTxId, DecisionRecord>> rows(Due due) {
            throw new UnsupportedOperationException("nobody tidies here");
        }

        @Override
        public CompletionStage<Void> delete(Collection<GlobalTxId> transactions) {
            if (refusal.isPresent()) {
                return CompletableFuture.failedStage(refusal.get());
            }
            deleted.addAll(transactions);
            return CompletableFuture.completedStage(null);
        }
    }

    /** Whose table it is. */
    private record Home(Table table) implements ResourceManager {
        @Override
        public String name() {
            return "orders";
        }

        @Override
        public Optional<DecisionTable> decisions() {
            return Optional.of(table);
        }

        @Override
        public CompletionStage<List<BranchId>> inDoubt() {
            return CompletableFuture.completedStage(List.of());
        }

        @Override
        public Participant recoverer() {
            throw new UnsupportedOperationException("nothing is recovered here");
        }
    }
}
