package dev.assent.tx.bulkhead;

import static org.assertj.core.api.Assertions.assertThat;

import dev.assent.tx.bulkhead.BulkheadThreads.Taken;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(240)
class BulkheadThreadsTest {
    private static final Duration LONG = Duration.ofMinutes(5);
    /** Generous, as machines are busy. */
    private static final Duration SOON = Duration.ofSeconds(90);

    private final Queue<Throwable> unforeseen = new ConcurrentLinkedQueue<>();
    private final CountDownLatch letGo = new CountDownLatch(1);
    private final AtomicBoolean noThreads = new AtomicBoolean();

    @AfterEach
    void letGo() {
        letGo.countDown();
    }

    private BulkheadThreads threads(int threadsMax, int waitingMax, Duration idle) {
        return new BulkheadThreads(
                new Bulkhead.Limits(threadsMax, waitingMax),
                idle,
                work -> {
                    Thread thread = noThreads.get() ? new StillbornThread() : new Thread(work);
                    thread.setDaemon(true);
                    return thread;
                },
                unforeseen::add);
    }

    /** What the system gives when a process has as many threads as it may. */
    private static final class StillbornThread extends Thread {
        @Override
        public synchronized void start() {
            throw new OutOfMemoryError("unable to create native thread");
        }
    }

    private static void soon(String what, BooleanSupplier condition) {
        long endNanos = System.nanoTime() + SOON.toNanos();
        while (!condition.getAsBoolean()) {
            assertThat(System.nanoTime()).as(what).isLessThan(endNanos);
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(1));
        }
    }

    private void hang() {
        try {
            assertThat(letGo.await(2, TimeUnit.MINUTES)).isTrue();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static Thread runsOn(BulkheadThreads threads) {
        CompletableFuture<Thread> ran = new CompletableFuture<>();
        assertThat(threads.take(() -> ran.complete(Thread.currentThread()))).isEqualTo(Taken.YES);
        assertThat(ran).succeedsWithin(SOON);
        return ran.join();
    }

    private static void awaitIdle(Thread thread) {
        soon("a thread without a call", () -> LockSupport.getBlocker(thread) instanceof BulkheadThreads.Worker);
    }

    @Test
    void calls_that_come_one_after_the_other_need_one_thread() {
        BulkheadThreads threads = threads(16, 10, LONG);
        Set<Thread> used = new HashSet<>();

        for (int call = 0; call < 20; call++) {
            Thread thread = runsOn(threads);
            used.add(thread);
            awaitIdle(thread);
        }

        assertThat(used).hasSize(1);
    }

    @Test
    void of_idle_threads_the_one_that_worked_last_takes_the_next_call() {
        BulkheadThreads threads = threads(4, 10, LONG);
        List<Thread> all = busy(threads, 4);
        letGo.countDown();
        all.forEach(BulkheadThreadsTest::awaitIdle);

        Thread last = runsOn(threads);
        awaitIdle(last);

        assertThat(all).contains(last);
        assertThat(runsOn(threads)).isSameAs(last);
    }

    /** So many threads that hang until they are let go. */
    private List<Thread> busy(BulkheadThreads threads, int count) {
        List<CompletableFuture<Thread>> begun = new ArrayList<>();
        for (int call = 0; call < count; call++) {
            CompletableFuture<Thread> here = new CompletableFuture<>();
            begun.add(here);
            assertThat(threads.take(() -> {
                        here.complete(Thread.currentThread());
                        hang();
                    }))
                    .isEqualTo(Taken.YES);
        }
        return begun.stream()
                .map(thread ->
                        thread.orTimeout(SOON.toMillis(), TimeUnit.MILLISECONDS).join())
                .toList();
    }

    @Test
    void what_finds_no_thread_waits_and_what_finds_no_place_is_refused() {
        BulkheadThreads threads = threads(2, 3, LONG);
        busy(threads, 2);
        List<Integer> ran = new ArrayList<>();
        CountDownLatch all = new CountDownLatch(3);

        for (int call = 0; call < 3; call++) {
            int number = call;
            assertThat(threads.take(() -> {
                        synchronized (ran) {
                            ran.add(number);
                        }
                        all.countDown();
                    }))
                    .isEqualTo(Taken.YES);
        }

        assertThat(threads.take(() -> {})).isEqualTo(Taken.FULL);
        assertThat(all.getCount()).isEqualTo(3);
        letGo.countDown();
        soon("all have run", () -> all.getCount() == 0);
        synchronized (ran) {
            assertThat(ran).containsExactlyInAnyOrder(0, 1, 2);
        }
    }

    @Test
    void calls_that_wait_begin_in_their_order() {
        BulkheadThreads threads = threads(1, 100, LONG);
        busy(threads, 1);
        List<Integer> ran = new ArrayList<>(); // of one thread
        CompletableFuture<Void> all = new CompletableFuture<>();

        for (int call = 0; call < 100; call++) {
            int number = call;
            threads.take(() -> {
                ran.add(number);
                if (number == 99) {
                    all.complete(null);
                }
            });
        }
        letGo.countDown();

        assertThat(all).succeedsWithin(SOON);
        assertThat(ran).isSorted().hasSize(100);
    }

    @Test
    void a_call_that_throws_costs_no_thread_and_is_told() {
        BulkheadThreads threads = threads(1, 10, LONG);
        Error bug = new NoClassDefFoundError("a driver that is not there");

        assertThat(threads.take(() -> {
                    throw bug;
                }))
                .isEqualTo(Taken.YES);

        Thread thread = runsOn(threads);
        awaitIdle(thread);
        assertThat(unforeseen).containsExactly(bug);
        assertThat(runsOn(threads)).isSameAs(thread);
    }

    @Test
    void an_interrupt_ends_with_the_call_that_it_was_meant_for() {
        BulkheadThreads threads = threads(1, 10, LONG);
        busy(threads, 1).forEach(Thread::interrupt);
        CompletableFuture<Boolean> waited = new CompletableFuture<>();
        threads.take(() -> waited.complete(Thread.currentThread().isInterrupted()));
        letGo.countDown();

        assertThat(waited).succeedsWithin(SOON).isEqualTo(false);

        threads.take(() -> Thread.currentThread().interrupt());
        awaitIdle(runsOn(threads)); // interrupted, it would not park
    }

    @Test
    void threads_without_calls_end_and_others_begin_when_they_are_needed() {
        BulkheadThreads threads = threads(3, 10, Duration.ofMillis(20));
        List<Thread> all = busy(threads, 3);
        letGo.countDown();

        soon("all have ended", () -> all.stream().noneMatch(Thread::isAlive));
        assertThat(all).doesNotContain(runsOn(threads));
    }

    @Test
    void a_call_for_which_the_system_gives_no_thread_waits_for_another_one_or_is_refused() {
        BulkheadThreads threads = threads(2, 10, LONG);
        noThreads.set(true);
        assertThat(threads.take(() -> {})).isEqualTo(Taken.NO_THREAD);

        noThreads.set(false);
        Thread only = busy(threads, 1).get(0);
        noThreads.set(true);
        CompletableFuture<Thread> waited = new CompletableFuture<>();
        assertThat(threads.take(() -> waited.complete(Thread.currentThread()))).isEqualTo(Taken.YES);

        assertThat(waited).isNotDone();
        letGo.countDown();
        assertThat(waited).succeedsWithin(SOON).isEqualTo(only);
    }

    @Test
    void what_waits_for_want_of_threads_goes_first_when_there_are_some_again() {
        BulkheadThreads threads = threads(3, 10, LONG);
        busy(threads, 1);
        noThreads.set(true);
        CompletableFuture<Thread> waited = new CompletableFuture<>();
        assertThat(threads.take(() -> waited.complete(Thread.currentThread()))).isEqualTo(Taken.YES);
        noThreads.set(false);

        CompletableFuture<Thread> next = new CompletableFuture<>();
        assertThat(threads.take(() -> next.complete(Thread.currentThread()))).isEqualTo(Taken.YES);

        assertThat(waited).succeedsWithin(SOON);
        assertThat(next).succeedsWithin(SOON);
    }

    @Test
    void a_thread_that_is_lost_all_the_same_is_replaced() {
        BulkheadThreads threads = new BulkheadThreads(
                new Bulkhead.Limits(1, 10),
                LONG,
                work -> {
                    Thread thread = new Thread(work);
                    thread.setDaemon(true);
                    thread.setUncaughtExceptionHandler((lost, bug) -> unforeseen.add(bug));
                    return thread;
                },
                bug -> {
                    throw new IllegalStateException("nobody can be told", bug);
                });
        threads.take(this::hang);
        threads.take(() -> {
            throw new IllegalArgumentException("a bug");
        });
        CompletableFuture<Thread> waited = new CompletableFuture<>();
        threads.take(() -> waited.complete(Thread.currentThread()));
        letGo.countDown();

        assertThat(waited).succeedsWithin(SOON);
        assertThat(runsOn(threads)).isNotNull();
        soon("the loss is told", () -> !unforeseen.isEmpty());
    }

    /** Threads end as soon as they can here, so that ends and calls meet. */
    @Test
    void every_call_runs_once_and_never_more_at_once_than_there_may_be_threads() throws Exception {
        int threadsMax = 3;
        int producers = 4;
        int callsOfEach = 5_000;
        BulkheadThreads threads = threads(threadsMax, producers * callsOfEach, Duration.ofNanos(1));
        AtomicInteger ran = new AtomicInteger();
        AtomicInteger atOnce = new AtomicInteger();
        AtomicInteger mostAtOnce = new AtomicInteger();
        Runnable call = () -> {
            mostAtOnce.accumulateAndGet(atOnce.incrementAndGet(), Math::max);
            LockSupport.parkNanos(1);
            atOnce.decrementAndGet();
            ran.incrementAndGet();
        };

        List<Thread> bringing = new ArrayList<>();
        for (int producer = 0; producer < producers; producer++) {
            Thread thread = new Thread(() -> {
                for (int number = 0; number < callsOfEach; number++) {
                    assertThat(threads.take(call)).isEqualTo(Taken.YES);
                    if (number % 8 == 0) {
                        LockSupport.parkNanos(1);
                    }
                }
            });
            bringing.add(thread);
            thread.start();
        }
        for (Thread thread : bringing) {
            thread.join();
        }

        soon("all have run", () -> ran.get() == producers * callsOfEach);
        assertThat(mostAtOnce).hasValueLessThanOrEqualTo(threadsMax);
        assertThat(unforeseen).isEmpty();
    }
}
