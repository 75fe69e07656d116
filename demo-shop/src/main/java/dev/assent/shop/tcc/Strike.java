package dev.assent.shop.tcc;

import java.io.IOException;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/** Lets a process end another one, or itself, by SIGKILL at the step that it was told. Thread-safe. */
final class Strike {
    private static final int GONE_WITHIN_SECONDS = 30;

    private final AtomicReference<@Nullable Armed> armed = new AtomicReference<>();

    private record Armed(Step step, long victim) {}

    /** {@code words} are the step and the pid of who dies there. */
    void arm(String words) {
        String[] parts = words.split(" ", 2);
        armed.set(new Armed(Step.valueOf(parts[0]), Long.parseLong(parts[1])));
    }

    /** Whether the step had not come; if it had, the victim is about to end. */
    boolean disarm() {
        return armed.getAndSet(null) != null;
    }

    /** If this is the step, returns when the victim is gone; never, if that is this process. */
    void at(Step step) {
        Armed now = armed.get();
        if (now == null || now.step() != step || !armed.compareAndSet(now, null)) {
            return;
        }
        Optional<ProcessHandle> victim = ProcessHandle.of(now.victim());
        try {
            Process unused = new ProcessBuilder("kill", "-KILL", Long.toString(now.victim())).start();
            if (now.victim() == ProcessHandle.current().pid()) {
                new CountDownLatch(1).await();
            }
            if (victim.isPresent()) {
                ProcessHandle gone = victim.get().onExit().get(GONE_WITHIN_SECONDS, TimeUnit.SECONDS);
                System.out.println(gone.pid() + " was ended at " + step);
            }
        } catch (IOException | InterruptedException | ExecutionException | TimeoutException e) {
            throw new IllegalStateException("process " + now.victim() + " was to end here", e);
        }
    }
}
