package dev.assent.rm.xa;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Connections of recovery over a driver that may be set to anything. */
class LocalConnectionTest {
    private final List<String> calls = new ArrayList<>();

    private Connection connection(boolean autoCommit, boolean refuses) {
        return (Connection) Proxy.newProxyInstance(
                Connection.class.getClassLoader(), new Class<?>[] {Connection.class}, (self, method, given) -> {
                    calls.add(method.getName());
                    if (refuses && method.getName().equals("setAutoCommit")) {
                        throw new SQLException("no");
                    }
                    return method.getName().equals("getAutoCommit") ? autoCommit : null;
                });
    }

    /** Else an ABORT that it inserts goes with the connection, after it was obeyed. */
    @Test
    void what_recovery_says_is_committed_at_once_whatever_the_driver_is_set_to() throws Exception {
        assertThat(LocalConnection.of(connection(false, false))).isNotNull();
        assertThat(calls).containsExactly("getAutoCommit", "setAutoCommit");

        calls.clear();
        assertThat(LocalConnection.of(connection(true, false))).isNotNull();
        assertThat(calls).containsExactly("getAutoCommit");
    }

    @Test
    void a_connection_that_does_not_take_that_is_closed() {
        assertThatThrownBy(() -> LocalConnection.of(connection(false, true))).hasMessage("no");
        assertThat(calls).endsWith("close");
    }
}
