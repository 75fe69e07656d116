package dev.assent.tx.remote.host;

import dev.assent.tx.remote.wire.CommandReply;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** Waits for an agent's reply, but not for ever. */
final class Replies {
    private Replies() {}

    /** The reply; an {@link IOException} says that nothing is known of the command's effect. */
    static CommandReply await(CompletableFuture<CommandReply> reply, Duration timeout) throws IOException {
        try {
            return reply.get(timeout.toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException late) {
            reply.cancel(false); // so that the link forgets it
            throw new IOException("no answer within " + timeout.toMillis() + " ms", late);
        } catch (ExecutionException lost) {
            throw new IOException(
                    lost.getCause() == null
                            ? "the link was lost"
                            : lost.getCause().getMessage(),
                    lost);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw (InterruptedIOException) new InterruptedIOException("this node is stopping").initCause(interrupted);
        }
    }
}
