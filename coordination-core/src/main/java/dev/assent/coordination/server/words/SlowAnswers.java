package dev.assent.coordination.server.words;

import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One thread, while it is needed, for answers that take long or may never come. Thread-safe. */
final class SlowAnswers implements AutoCloseable {
    /** Further questions are turned away. */
    static final int WAITING_MAX = 16;

    private static final int IDLE_SECONDS_MAX = 5;
    private static final Logger LOG = LoggerFactory.getLogger(SlowAnswers.class);

    private final ThreadPoolExecutor executor;

    SlowAnswers(String name) {
        this.executor = new ThreadPoolExecutor(
                1, 1, IDLE_SECONDS_MAX, TimeUnit.SECONDS, new ArrayBlockingQueue<>(WAITING_MAX), task -> {
                    Thread thread = new Thread(task, name);
                    thread.setDaemon(true);
                    return thread;
                });
        executor.allowCoreThreadTimeOut(true);
    }

    /** Answers when it is its turn; says so at once if too many wait already. */
    void answer(String word, Supplier<String> text, Consumer<String> answered) {
        try {
            executor.execute(() -> tell(word, text, answered));
        } catch (RejectedExecutionException full) {
            LOG.debug("{} is turned away", word, full);
            answered.accept(word + " is not executed because " + WAITING_MAX + " such words wait already.\n");
        }
    }

    private static void tell(String word, Supplier<String> text, Consumer<String> answered) {
        try {
            answered.accept(text.get());
        } catch (RejectedExecutionException stopped) {
            LOG.debug("nobody waits for {} any more", word, stopped);
        } catch (RuntimeException fault) {
            LOG.warn("the four-letter word {} could not be answered", word, fault);
            answered.accept(word + " could not be answered: see the server's log.\n");
        }
    }

    /** A thread that hangs is left behind: it is a daemon and holds nothing. */
    @Override
    public void close() {
        executor.shutdownNow();
    }
}
