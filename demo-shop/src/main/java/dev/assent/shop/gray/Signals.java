package dev.assent.shop.gray;

import dev.assent.shop.platform.ChildProcess;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** Stops processes of this run in their tracks, and lets them go on. */
public final class Signals {
    private Signals() {}

    /** SIGSTOP to the process and everything below it. */
    public static void freeze(ChildProcess process) throws IOException, InterruptedException {
        send("STOP", process);
    }

    /** SIGCONT to the same. */
    public static void thaw(ChildProcess process) throws IOException, InterruptedException {
        send("CONT", process);
    }

    /** SIGTERM to the process alone. */
    public static void terminate(ChildProcess process) throws IOException, InterruptedException {
        kill("TERM", List.of(process.pid()));
    }

    private static void send(String signal, ChildProcess process) throws IOException, InterruptedException {
        List<Long> pids = new ArrayList<>(List.of(process.pid()));
        process.descendants().forEach(child -> pids.add(child.pid()));
        kill(signal, pids);
    }

    /** One by one: a child that has ended meanwhile needs no signal, and must not keep the others from theirs. */
    private static void kill(String signal, List<Long> pids) throws IOException, InterruptedException {
        for (long pid : pids) {
            Process kill = new ProcessBuilder("kill", "-" + signal, Long.toString(pid))
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .start();
            int code = kill.waitFor();
            if (code != 0 && ProcessHandle.of(pid).isPresent()) {
                throw new IOException("kill -" + signal + " " + pid + " failed with " + code);
            }
        }
    }
}
