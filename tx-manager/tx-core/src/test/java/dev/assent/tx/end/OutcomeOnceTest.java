package dev.assent.tx.end;

import static org.assertj.core.api.Assertions.assertThat;

import dev.assent.tx.model.Outcome;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;
import org.junit.jupiter.api.Test;

class OutcomeOnceTest {
    private static final Outcome COMMITTED = new Outcome.Committed();
    private static final Outcome ROLLED_BACK = new Outcome.RolledBack("too late");

    private final Deque<Runnable> tasks = new ArrayDeque<>();
    private final OutcomeOnce end = new OutcomeOnce("a transaction", tasks::add);
    private final List<Outcome> heard = new ArrayList<>();

    private void runTasks() {
        while (!tasks.isEmpty()) {
            tasks.remove().run();
        }
    }

    @Test
    void only_the_first_end_counts_and_is_told() {
        end.onEnd(heard::add);

        CompletableFuture<Void> first = end.end(COMMITTED).toCompletableFuture();
        CompletableFuture<Void> second = end.end(ROLLED_BACK).toCompletableFuture();

        assertThat(second).isDone();
        assertThat(first).isNotDone();
        runTasks();
        assertThat(first).isDone();
        assertThat(heard).containsExactly(COMMITTED);
        assertThat(end.outcome()).contains(COMMITTED);
        assertThat(end.hasListeners()).isFalse();
    }

    @Test
    void who_comes_late_hears_it_too_on_a_thread_of_the_listeners() {
        CompletableFuture<Void> nobody = end.end(COMMITTED).toCompletableFuture();
        end.onEnd(heard::add);

        assertThat(nobody).isDone();
        assertThat(heard).isEmpty();
        runTasks();
        assertThat(heard).containsExactly(COMMITTED);
    }

    @Test
    void each_listener_has_a_task_of_its_own_so_that_none_holds_up_another() {
        end.onEnd(outcome -> heard.add(ROLLED_BACK));
        end.onEnd(heard::add);

        CompletableFuture<Void> all = end.end(COMMITTED).toCompletableFuture();
        Runnable hangs = tasks.remove();
        runTasks();

        assertThat(heard).containsExactly(COMMITTED);
        assertThat(all).isNotDone();
        hangs.run();
        assertThat(all).isDone();
    }

    @Test
    void a_listener_that_fails_has_heard_it() {
        end.onEnd(outcome -> {
            throw new IllegalStateException("a bug of the application");
        });

        CompletableFuture<Void> all = end.end(COMMITTED).toCompletableFuture();
        runTasks();

        assertThat(all).isCompletedWithValue(null);
    }

    @Test
    void nobody_waits_for_listeners_that_have_no_thread() {
        OutcomeOnce refused = new OutcomeOnce("a transaction", task -> {
            throw new RejectedExecutionException("closed");
        });
        refused.onEnd(heard::add);

        assertThat(refused.end(COMMITTED).toCompletableFuture()).isCompletedWithValue(null);
        assertThat(heard).isEmpty();
    }
}
