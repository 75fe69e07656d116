package dev.assent.rm.spring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.assent.rm.jta.AssentTransactions;
import dev.assent.rm.tcc.TccResource;
import dev.assent.rm.testing.MemoryTransactionService;
import dev.assent.rm.testing.PostgresExtension;
import dev.assent.rm.testing.PostgresServer;
import dev.assent.rm.testing.PostgresServer.Database;
import dev.assent.rm.testing.Shop;
import dev.assent.tx.api.TransactionService;
import java.sql.SQLException;
import java.util.List;
import java.util.UUID;
import java.util.function.Supplier;
import javax.sql.DataSource;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.context.annotation.AnnotationConfigApplicationContext;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.transaction.annotation.Transactional;

/** Annotated methods of beans as branches, over a real database. */
@ExtendWith(PostgresExtension.class)
class TwoPhaseParticipantTest {
    private final MemoryTransactionService service = new MemoryTransactionService();
    private final AssentTransactions transactions = new AssentTransactions(service);
    private final AnnotationConfigApplicationContext context = new AnnotationConfigApplicationContext();
    private final Database database;
    private final Shop shop;

    TwoPhaseParticipantTest(PostgresServer server) throws SQLException {
        database = server.newDatabase();
        database.execute("create table held (id uuid primary key, words text, state text)");
        shop = Shop.open(server, transactions);
        context.registerBean(TransactionService.class, (Supplier<TransactionService>) () -> service);
        context.registerBean("ours", AssentTransactions.class, () -> transactions, bean -> bean.setPrimary(true));
        context.registerBean(DataSource.class, database::plain);
        context.registerBean(JdbcClient.class, () -> JdbcClient.create(context.getBean(DataSource.class)));
        context.register(AssentTransactionConfiguration.class, TwoPhaseConfiguration.class);
    }

    private void withFence() {
        context.registerBean(TccResource.class, () -> {
            try {
                return TccResource.open("held", context.getBean(DataSource.class));
            } catch (SQLException e) {
                throw new IllegalStateException(e);
            }
        });
    }

    @AfterEach
    void close() {
        context.close();
        shop.close();
    }

    /** The participant. */
    static class Holds {
        private final JdbcClient jdbc;

        Holds(JdbcClient jdbc) {
            this.jdbc = jdbc;
        }

        @TwoPhaseParticipant(name = "hold", confirm = "keep", cancel = "letGo")
        public String hold(UUID id, List<String> words, int count) {
            jdbc.sql("insert into held values (?, ?, 'held')")
                    .params(id, words + "x" + count)
                    .update();
            if (count < 0) {
                throw new IllegalArgumentException("nobody holds " + count);
            }
            return "held " + count;
        }

        void keep(UUID id, List<String> words, int count) {
            jdbc.sql("update held set state = 'kept' where id = ? and words = ?")
                    .params(id, words + "x" + count)
                    .update();
        }

        void letGo(UUID id, List<String> words, int count) {
            jdbc.sql("update held set state = 'let go' where id = ? and words = ?")
                    .params(id, words + "x" + count)
                    .update();
        }
    }

    /** A caller. */
    static class Caller {
        private final Holds holds;
        private final Shop shop;

        Caller(Holds holds, Shop shop) {
            this.holds = holds;
            this.shop = shop;
        }

        @Transactional
        public String call(int count, boolean fails) throws SQLException {
            Shop.add(shop.firstPool(), 1);
            String answer = holds.hold(UUID.randomUUID(), List.of("a", "b"), count);
            Shop.add(shop.secondPool(), 1);
            if (fails) {
                throw new IllegalStateException("no");
            }
            return answer;
        }
    }

    private Caller caller() {
        withFence();
        context.registerBean(Holds.class, () -> new Holds(context.getBean(JdbcClient.class)));
        context.registerBean(Caller.class, () -> new Caller(context.getBean(Holds.class), shop));
        context.refresh();
        return context.getBean(Caller.class);
    }

    private List<String> states() throws SQLException {
        return database.strings("select words || ' ' || state from held order by words");
    }

    @Test
    void annotated_methods_end_with_the_transaction_of_their_caller() throws Exception {
        Caller caller = caller();

        assertThat(caller.call(1, false)).isEqualTo("held 1");
        assertThatThrownBy(() -> caller.call(2, true)).hasMessage("no");

        assertThat(states()).containsExactly("[a, b]x1 kept", "[a, b]x2 let go");
        assertThat(shop.first().balance(1)).isEqualTo(101);
        assertThat(shop.second().balance(1)).isEqualTo(101);
    }

    @Test
    void a_try_that_throws_leaves_nothing_and_the_caller_hears_what_it_threw() throws Exception {
        Caller caller = caller();

        assertThatThrownBy(() -> caller.call(-1, false))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("nobody holds -1");

        assertThat(states()).isEmpty();
        assertThat(shop.first().balance(1)).isEqualTo(100);
    }

    @Test
    void outside_a_transaction_a_try_does_nothing() throws Exception {
        Caller unused = caller();

        assertThatThrownBy(() -> context.getBean(Holds.class).hold(UUID.randomUUID(), List.of(), 1))
                .isInstanceOf(IllegalStateException.class);
        assertThat(states()).isEmpty();
    }

    private void assertStops(Object bean, String... words) {
        context.registerBean("wrong", Object.class, () -> bean);
        assertThatThrownBy(context::refresh).rootCause().satisfies(failure -> assertThat(failure.getMessage())
                .contains(words));
    }

    static class NoConfirm {
        @TwoPhaseParticipant(name = "x", confirm = "confirm", cancel = "cancel")
        public void attempt(int count) {}

        void confirm(long count) {}

        void cancel(int count) {}
    }

    @Test
    void a_confirm_with_other_parameters_stops_the_start() {
        withFence();

        assertStops(
                new NoConfirm(),
                "NoConfirm.attempt(int)",
                "confirm=\"confirm\"",
                "void confirm(int)",
                "there is confirm(long)");
    }

    static class Telling {
        @TwoPhaseParticipant(name = "x", confirm = "confirm", cancel = "cancel")
        public void attempt(int count) {}

        void confirm(int count) {}

        boolean cancel(int count) {
            return true;
        }
    }

    @Test
    void a_cancel_with_a_result_stops_the_start() {
        withFence();

        assertStops(new Telling(), "cancel=\"cancel\" returns something");
    }

    static class Unkept {
        @TwoPhaseParticipant(name = "x", confirm = "confirm", cancel = "cancel")
        public void attempt(Thread thread) {}

        void confirm(Thread thread) {}

        void cancel(Thread thread) {}
    }

    @Test
    void an_argument_that_cannot_be_kept_stops_the_start() {
        withFence();

        assertStops(new Unkept(), "Unkept.attempt(Thread)", "java.lang.Thread", "records");
    }

    static class Hidden {
        @SuppressWarnings("UnusedMethod") // which is the point
        @TwoPhaseParticipant(name = "x", confirm = "confirm", cancel = "cancel")
        private void attempt() {}

        void confirm() {}

        void cancel() {}
    }

    @Test
    void a_try_that_nobody_can_see_called_stops_the_start() {
        withFence();

        assertStops(new Hidden(), "private", "Make it public");
    }

    @Test
    void a_participant_without_a_resource_stops_the_start() {
        assertStops(new Holds(JdbcClient.create(database.plain())), "TccResource", "TccResource.open");
    }

    @Test
    void a_name_that_is_taken_stops_the_start() {
        withFence();
        context.registerBean(Holds.class, () -> new Holds(context.getBean(JdbcClient.class)));

        assertStops(new Holds(JdbcClient.create(database.plain())), "\"hold\" already");
    }
}
