package dev.assent.rm.postgresql;

import dev.assent.rm.xa.quirk.Unread;
import java.io.IOException;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.sql.SQLException;
import java.util.Optional;
import javax.net.ssl.SSLSocket;
import org.postgresql.core.BaseConnection;
import org.postgresql.core.PGStream;
import org.postgresql.core.QueryExecutorBase;

/**
 * What has come in on the socket of a connection of pgjdbc 42.7, which shows it to nobody: its own look, the one for
 * notifications, waits for a millisecond where nothing is there, and takes a connection that was closed without a word
 * for one on which nothing was said. Of a driver that is made otherwise nothing is known here.
 */
final class PostgresSocket {
    private static final Optional<MethodHandle> STREAM = stream();

    /** The shortest time that a socket can be asked to wait. */
    private static final int LOOK_MILLIS = 1;

    private PostgresSocket() {}

    /** Under TLS what has come in may be no message yet. */
    static Unread unread(BaseConnection backend) throws SQLException {
        Optional<Socket> socket = stream(backend).map(PGStream::getSocket);
        if (socket.isEmpty() || socket.get() instanceof SSLSocket) {
            return Unread.UNKNOWN;
        }
        try {
            return socket.get().getInputStream().available() > 0 ? Unread.SOMETHING : Unread.NOTHING;
        } catch (IOException e) {
            throw closed(e);
        }
    }

    /**
     * Looks whether the server has closed the connection, for up to {@value #LOOK_MILLIS} ms.
     *
     * @throws SQLException it has
     */
    static void look(BaseConnection backend) throws SQLException {
        Optional<PGStream> stream = stream(backend);
        if (stream.isEmpty() || isSpokenTo(stream.get())) {
            backend.getQueryExecutor().processNotifies();
        }
    }

    private static boolean isSpokenTo(PGStream stream) throws SQLException {
        try {
            int before = stream.getNetworkTimeout();
            stream.setNetworkTimeout(LOOK_MILLIS);
            try {
                int unused = stream.peekChar();
                return true;
            } catch (SocketTimeoutException silent) {
                return false;
            } finally {
                stream.setNetworkTimeout(before);
            }
        } catch (IOException e) {
            throw closed(e);
        }
    }

    private static SQLException closed(IOException cause) {
        return new SQLException("the connection is closed: " + cause, "08003", cause);
    }

    private static Optional<PGStream> stream(BaseConnection backend) {
        if (STREAM.isEmpty() || !(backend.getQueryExecutor() instanceof QueryExecutorBase executor)) {
            return Optional.empty();
        }
        try {
            return Optional.of((PGStream) STREAM.get().invoke(executor));
        } catch (RuntimeException | Error bug) {
            throw bug;
        } catch (Throwable checked) {
            throw new IllegalStateException("a field was read and threw " + checked, checked);
        }
    }

    private static Optional<MethodHandle> stream() {
        try {
            return Optional.of(MethodHandles.privateLookupIn(QueryExecutorBase.class, MethodHandles.lookup())
                    .findGetter(QueryExecutorBase.class, "pgStream", PGStream.class));
        } catch (ReflectiveOperationException | RuntimeException otherDriver) {
            return Optional.empty();
        }
    }
}
