package dev.assent.saga.store;

import dev.assent.store.MultiReply;
import dev.assent.store.StoreCode;
import dev.assent.store.StoreException;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;

/** What an answer of the store means to whoever asked. */
final class Answers {
    private Answers() {}

    /** Empty instead of a failure where there is no such znode. */
    static <T> CompletionStage<Optional<T>> unlessMissing(CompletionStage<T> answer) {
        return answer.handle((value, failed) -> {
            if (failed == null) {
                return Optional.of(value);
            }
            if (isOf(failed, StoreCode.NONODE)) {
                return Optional.<T>empty();
            }
            throw failed instanceof CompletionException already ? already : new CompletionException(failed);
        });
    }

    /** Ends well if the store did it or says why it need not. */
    static CompletionStage<Void> unless(CompletionStage<?> answer, StoreCode... fine) {
        return answer.handle((value, failed) -> {
            if (failed == null) {
                return null;
            }
            for (StoreCode code : fine) {
                if (isOf(failed, code)) {
                    return null;
                }
            }
            throw failed instanceof CompletionException already ? already : new CompletionException(failed);
        });
    }

    private static boolean isOf(Throwable failed, StoreCode code) {
        Throwable reason =
                failed instanceof CompletionException && failed.getCause() != null ? failed.getCause() : failed;
        return reason instanceof StoreException refused && refused.is(code);
    }

    /** For an answer that is not among those that the caller knows what to make of. */
    static <T> CompletionStage<T> failed(MultiReply reply, String what) {
        return CompletableFuture.failedStage(new StoreException(
                reply.code(), what + ": " + reply.code() + " at operation " + reply.failedOperation()));
    }
}
