package dev.assent.tx.remote.host;

import dev.assent.tx.remote.wire.CommandReply;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/** An agent's reply is waited for, but not for ever, and by no thread. */
final class Replies {
    private Replies() {}

    /** The reply; if the stage fails, nothing is known of the command's effect. The link forgets a late one. */
    static CompletionStage<CommandReply> within(Duration timeout, CompletableFuture<CommandReply> reply) {
        return reply.orTimeout(timeout.toMillis(), TimeUnit.MILLISECONDS).exceptionallyCompose(lost -> {
            Throwable cause = lost instanceof CompletionException && lost.getCause() != null ? lost.getCause() : lost;
            return CompletableFuture.failedStage(
                    cause instanceof TimeoutException
                            ? new IOException("no answer within " + timeout.toMillis() + " ms")
                            : cause);
        });
    }

    /** What a stage that failed says. */
    static String reason(@Nullable Throwable lost) {
        Throwable cause = lost instanceof CompletionException ? lost.getCause() : lost;
        return cause == null ? "the link was lost" : String.valueOf(cause.getMessage());
    }
}
