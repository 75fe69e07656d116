package dev.assent.rm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.assent.rm.xa.quirk.StandardDecisions;
import dev.assent.tx.model.Authority;
import dev.assent.tx.model.BranchName;
import dev.assent.tx.model.ClusterId;
import dev.assent.tx.model.Decision;
import dev.assent.tx.model.EpochKey;
import dev.assent.tx.model.GlobalTxId;
import dev.assent.tx.model.PointAnswer;
import dev.assent.tx.model.PointLook;
import dev.assent.tx.model.ResourceName;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.Statement;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.h2.jdbcx.JdbcDataSource;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The table of decisions in standard SQL, on a database in memory. */
class StandardDecisionsTest {
    private static final long DEADLINE = 1_000_000;
    private static final GlobalTxId ID = new GlobalTxId(
                    new ClusterId(7),
                    new EpochKey(Authority.EMBEDDED_2PC, 0, 3),
                    1,
                    DEADLINE,
                    new GlobalTxId.Unique(1, 2))
            .decidedIn(new ResourceName("local").hash());
    private static final BranchName OTHER = new BranchName(new ResourceName("ledger").hash(), 2, 1);

    private final JdbcDataSource source = new JdbcDataSource();

    StandardDecisionsTest(@TempDir Path directory) {
        source.setURL("jdbc:h2:mem:" + directory.getFileName());
    }

    /** As a database that locks shows it, where the deletion is committed between its looks at two rows. */
    @Test
    void a_deletion_between_the_row_and_the_note_shows_in_the_note() throws Exception {
        try (Connection looking = source.getConnection();
                Connection working = source.getConnection();
                Connection deleting = source.getConnection()) {
            StandardDecisions decisions = StandardDecisions.open(looking);
            working.setAutoCommit(false);
            assertThat(decisions.insertAndCommit(working, ID, List.of(OTHER))).isEqualTo(new PointAnswer.Committed());

            PointLook look = decisions.look(afterTheFirst(looking, () -> decisions.delete(deleting, List.of(ID))), ID);

            assertThat(look.row()).isEqualTo(Optional.of(Decision.COMMIT));
            assertThat(look.everDeletedUpToMillis()).isEqualTo(DEADLINE);
            assertThat(decisions.look(looking, ID)).isEqualTo(new PointLook(Optional.empty(), false, DEADLINE));
        }
    }

    @Test
    void a_database_that_takes_two_rows_with_one_key_decides_nothing() throws Exception {
        try (Connection connection = source.getConnection();
                Statement statement = connection.createStatement()) {
            assertThat(StandardDecisions.open(connection)).isNotNull();
            assertThat(connection.getAutoCommit()).isTrue();
            statement.execute("ALTER TABLE assent_decision DROP PRIMARY KEY");

            assertThatThrownBy(() -> StandardDecisions.open(connection))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("two rows with one key");
            try (ResultSet rows = statement.executeQuery("SELECT count(*) FROM assent_decision")) {
                assertThat(rows.next()).isTrue();
                assertThat(rows.getInt(1)).isEqualTo(1);
            }
        }
    }

    /** Something that happens in a database. */
    private interface Act {
        void run() throws Exception;
    }

    /** The connection, on which {@code act} happens before the second question of each statement. */
    private static Connection afterTheFirst(Connection connection, Act act) {
        return proxy(Connection.class, (method, given) -> {
            Object answer = called(connection, method, given);
            return answer instanceof PreparedStatement statement ? afterTheFirst(statement, act) : answer;
        });
    }

    private static PreparedStatement afterTheFirst(PreparedStatement statement, Act act) {
        AtomicInteger asked = new AtomicInteger();
        return proxy(PreparedStatement.class, (method, given) -> {
            if (method.getName().equals("executeQuery") && asked.incrementAndGet() == 2) {
                act.run();
            }
            return called(statement, method, given);
        });
    }

    /** What a proxy does. */
    private interface Call {
        @Nullable
        Object of(Method method, @Nullable Object @Nullable [] given) throws Throwable;
    }

    private static <T> T proxy(Class<T> type, Call call) {
        return type.cast(Proxy.newProxyInstance(
                type.getClassLoader(), new Class<?>[] {type}, (self, method, given) -> call.of(method, given)));
    }

    private static @Nullable Object called(Object target, Method method, @Nullable Object @Nullable [] given)
            throws Throwable {
        try {
            return method.invoke(target, given);
        } catch (InvocationTargetException failed) {
            throw failed.getTargetException();
        }
    }
}
