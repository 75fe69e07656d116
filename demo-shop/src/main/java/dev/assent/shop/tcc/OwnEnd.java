package dev.assent.shop.tcc;

import java.io.IOException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/** Lets a process end itself by SIGKILL at the step that it was told. Thread-safe. */
final class OwnEnd {
    private final AtomicReference<@Nullable Step> armed = new AtomicReference<>();

    void arm(Step step) {
        armed.set(step);
    }

    /** Whether the step had not come; if it had, the process is about to end. */
    boolean disarm() {
        return armed.getAndSet(null) != null;
    }

    /** Does not return if this is the step. */
    void at(Step step) {
        if (!armed.compareAndSet(step, null)) {
            return;
        }
        try {
            Process unused = new ProcessBuilder(
                            "kill",
                            "-KILL",
                            Long.toString(ProcessHandle.current().pid()))
                    .start();
            new CountDownLatch(1).await();
        } catch (IOException | InterruptedException e) {
            throw new IllegalStateException("the process was to end here", e);
        }
    }
}
