package dev.assent.command;

import dev.assent.settings.SettingsException;
import java.io.IOException;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
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
            default -> new CountDownLatch(1).await();
        }
        return ExitCode.OK;
    }
}
