package dev.assent.command;

import dev.assent.settings.SettingsException;
import java.io.IOException;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** A process whose start lasts, or fails, before it has anything to stop. */
@Command(name = "stopped")
final class StoppedProcess implements Callable<Integer> {
    static final String READY = "starting";
    static final String CLOSES = "closes what it starts";

    @Spec
    private @Nullable CommandSpec spec;

    @Parameters
    private String way = "";

    public static void main(String[] arguments) {
        Commands.run(StoppedProcess::new, "logback-test.xml", arguments);
    }

    @Override
    public Integer call() throws Exception {
        Foreground foreground = new Foreground(spec);
        foreground.say(READY);
        switch (way) {
            case "settings" -> throw new SettingsException("a setting is wrong");
            case "away" -> throw new IOException("nobody is there");
            case "error" -> throw new OutOfMemoryError("planted");
            case "error beside others" -> {
                new Thread(() -> LockSupport.park(this)).start(); // keeps the process
                throw new NoClassDefFoundError("planted");
            }
            case "served" -> {
                foreground.onEnd(() -> foreground.say("stopped"));
                return foreground.fail("its disk failed", ExitCode.FAILED);
            }
            case CLOSES -> {
                CountDownLatch closed = new CountDownLatch(1);
                foreground.onEnd(() -> closeUnderStart(closed));
                foreground.say(CLOSES);
                closed.await();
                throw new IOException("closed while it starts");
            }
            default -> new CountDownLatch(1).await();
        }
        return ExitCode.OK;
    }

    /** Takes long enough for the start to fail of it. */
    private static void closeUnderStart(CountDownLatch closed) {
        closed.countDown();
        try {
            boolean unused = new CountDownLatch(1).await(1, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
