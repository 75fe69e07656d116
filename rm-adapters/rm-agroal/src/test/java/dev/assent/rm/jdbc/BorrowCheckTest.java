package dev.assent.rm.jdbc;

import static org.assertj.core.api.Assertions.assertThat;

import dev.assent.rm.xa.quirk.PoolQuirks;
import dev.assent.rm.xa.quirk.SessionState;
import dev.assent.rm.xa.quirk.Unread;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Which connections are given out again. */
class BorrowCheckTest {
    @ParameterizedTest
    @CsvSource({"NONE, true", "UNKNOWN, true", "OPEN, false", "FAILED, false"})
    void a_connection_with_somebodys_transaction_is_not_given_out(SessionState state, boolean given) {
        BorrowCheck check = new BorrowCheck("shop", quirks(state), PoolLimits.DEFAULT, new Deaths());

        assertThat(check.isValid(connection())).isEqualTo(given);
    }

    private static PoolQuirks quirks(SessionState state) {
        return (PoolQuirks) Proxy.newProxyInstance(
                PoolQuirks.class.getClassLoader(), new Class<?>[] {PoolQuirks.class}, (self, method, arguments) -> {
                    return switch (method.getName()) {
                        case "state" -> state;
                        case "unread" -> Unread.NOTHING;
                        default -> throw new AssertionError("asked for " + method);
                    };
                });
    }

    private static Connection connection() {
        return (Connection) Proxy.newProxyInstance(
                Connection.class.getClassLoader(),
                new Class<?>[] {Connection.class},
                (self, method, arguments) -> switch (method.getName()) {
                    case "unwrap" -> self;
                    case "hashCode" -> 1;
                    case "equals" -> self == arguments[0];
                    default -> throw new AssertionError("asked for " + method);
                });
    }
}
