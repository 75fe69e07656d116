package dev.assent.shop.demo.parts;

import dev.assent.shop.page.Picture;
import java.io.IOException;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The start of a shop as tasks, each on a thread of its own as soon as what it needs is done: what does not depend on each
 * other starts side by side. The first that fails interrupts the others. Thread-safe; run once.
 */
public final class StartUp {
    private final Consumer<String> progress;
    // Guarded by this, as is what each task has come to.
    private final Map<String, Task> tasks = new LinkedHashMap<>();
    private @Nullable Exception failure;

    public StartUp(Consumer<String> progress) {
        this.progress = progress;
    }

    /** What a task does. */
    @FunctionalInterface
    public interface Work {
        void run() throws IOException, InterruptedException, SQLException;
    }

    private static final class Task {
        private final String name;
        private final List<String> needs;
        private final Work work;
        private Picture.Progress state = Picture.Progress.WAITING;
        private long beganNanos;
        private long endedNanos;

        Task(String name, List<String> needs, Work work) {
            this.name = name;
            this.needs = List.copyOf(needs);
            this.work = work;
        }
    }

    /** One more; what it needs was added before. */
    public synchronized void add(String name, List<String> needs, Work work) {
        if (!tasks.keySet().containsAll(needs)) {
            throw new IllegalArgumentException(name + " needs what is not there: " + needs);
        }
        tasks.put(name, new Task(name, needs, work));
    }

    /** Runs all of them; returns when all are done, or at the first failure. */
    public void run() throws IOException, InterruptedException, SQLException {
        List<Thread> threads = begin();
        try {
            for (String name : names()) {
                await(name);
            }
        } finally {
            threads.forEach(Thread::interrupt);
        }
    }

    private synchronized List<String> names() {
        return List.copyOf(tasks.keySet());
    }

    /** Runs all of them, and returns at once. */
    public synchronized List<Thread> begin() {
        List<Thread> threads = new ArrayList<>();
        for (Task task : tasks.values()) {
            Thread thread = new Thread(() -> run(task), "start-" + task.name);
            thread.setDaemon(true);
            threads.add(thread);
        }
        threads.forEach(Thread::start);
        return threads;
    }

    /** Blocks until that one is done; throws what has made the start fail meanwhile. */
    public synchronized void await(String name) throws IOException, InterruptedException, SQLException {
        Task task = task(name);
        while (task.state != Picture.Progress.DONE) {
            Exception failed = failure;
            if (failed instanceof SQLException sql) {
                throw new SQLException(sql.getMessage(), sql);
            }
            if (failed != null) {
                throw new IOException(failed.getMessage(), failed);
            }
            wait();
        }
    }

    private Task task(String name) {
        return Optional.ofNullable(tasks.get(name)).orElseThrow();
    }

    private void run(Task task) {
        try {
            for (String need : task.needs) {
                await(need);
            }
            turn(task, Picture.Progress.DOING);
            task.work.run();
            turn(task, Picture.Progress.DONE);
            progress.accept(task.name + " is up");
        } catch (InterruptedException ended) {
            Thread.currentThread().interrupt();
        } catch (IOException | SQLException | RuntimeException failed) {
            fail(task, failed);
        } catch (Error broken) { // the boundary of the thread: who waits for the part must hear of it
            fail(task, new IOException(task.name + " could not be started: " + broken, broken));
        }
    }

    private synchronized void turn(Task task, Picture.Progress state) {
        task.state = state;
        if (state == Picture.Progress.DOING) {
            task.beganNanos = System.nanoTime();
        } else {
            task.endedNanos = System.nanoTime();
        }
        notifyAll();
    }

    /** Who waited for it hears of the first failure, and is no failure of its own. */
    private synchronized void fail(Task task, Exception failed) {
        if (failure != null) {
            return;
        }
        failure = failed;
        turn(task, Picture.Progress.FAILED);
    }

    /** How far all are, for a person. */
    public synchronized List<Picture.Step> steps() {
        long now = System.nanoTime();
        return tasks.values().stream().map(task -> step(task, now)).toList();
    }

    private Picture.Step step(Task task, long nowNanos) {
        long millis =
                switch (task.state) {
                    case WAITING -> 0;
                    case DOING -> (nowNanos - task.beganNanos) / 1_000_000;
                    case DONE, FAILED -> (task.endedNanos - task.beganNanos) / 1_000_000;
                };
        String waitsFor = task.state == Picture.Progress.WAITING
                ? task.needs.stream()
                        .filter(need -> task(need).state != Picture.Progress.DONE)
                        .findFirst()
                        .orElse("its turn")
                : "";
        return new Picture.Step(task.name, task.state, waitsFor, millis);
    }

    /** Whether that one is done. */
    public synchronized boolean isDone(String name) {
        Task task = tasks.get(name);
        return task != null && task.state == Picture.Progress.DONE;
    }
}
