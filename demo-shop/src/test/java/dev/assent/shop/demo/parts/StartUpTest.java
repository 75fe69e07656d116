package dev.assent.shop.demo.parts;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.assent.shop.page.Picture.Progress;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.BrokenBarrierException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(240)
class StartUpTest {
    private final StartUp start = new StartUp(progress -> {});

    @Test
    void what_does_not_depend_on_each_other_starts_side_by_side() throws Exception {
        CyclicBarrier together = new CyclicBarrier(2);
        start.add("one", List.of(), () -> meet(together));
        start.add("other", List.of(), () -> meet(together));

        start.run();

        assertThat(start.steps()).allMatch(step -> step.progress() == Progress.DONE);
    }

    private static void meet(CyclicBarrier barrier) throws IOException, InterruptedException {
        try {
            int unused = barrier.await(120, TimeUnit.SECONDS);
        } catch (BrokenBarrierException | TimeoutException alone) {
            throw new IOException("nobody came", alone);
        }
    }

    @Test
    void what_needs_another_waits_for_it_and_says_so() throws Exception {
        CountDownLatch go = new CountDownLatch(1);
        start.add("database", List.of(), go::await);
        start.add("service", List.of("database"), () -> {});
        List<Thread> unused = start.begin();

        assertThat(start.steps().get(1).waitsFor()).isEqualTo("database");
        assertThat(start.isDone("service")).isFalse();
        go.countDown();
        start.await("service");

        assertThat(start.steps().get(1).waitsFor()).isEmpty();
    }

    @Test
    void the_first_failure_is_told_and_ends_what_still_waits() throws Exception {
        CountDownLatch never = new CountDownLatch(1);
        CountDownLatch interrupted = new CountDownLatch(1);
        start.add("slow", List.of(), () -> {
            try {
                never.await();
            } finally {
                interrupted.countDown();
            }
        });
        start.add("broken", List.of(), () -> {
            throw new IOException("no room");
        });
        start.add("service", List.of("broken"), () -> {});

        assertThatThrownBy(start::run).isInstanceOf(IOException.class).hasMessage("no room");

        assertThat(start.steps().get(1).progress()).isEqualTo(Progress.FAILED);
        assertThat(start.steps().get(2).progress()).isEqualTo(Progress.WAITING);
        assertThat(interrupted.await(120, TimeUnit.SECONDS)).isTrue();
    }
}
