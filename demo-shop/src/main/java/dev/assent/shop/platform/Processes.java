package dev.assent.shop.platform;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * Every process of a run, by name. They end tier by tier, users before what they use, the processes of one tier side by
 * side. Thread-safe: a run can be ended at any moment, also while it starts.
 */
public final class Processes implements AutoCloseable {
    /** What uses what: each tier needs those before it. */
    public enum Tier {
        PLATFORM,
        NODES,
        SERVICES
    }

    private final Map<Tier, Map<String, ChildProcess>> tiers = new EnumMap<>(Tier.class);
    private final Object oneEnd = new Object();
    private boolean closing;

    public Processes() {
        for (Tier tier : Tier.values()) {
            tiers.put(tier, new LinkedHashMap<>());
        }
    }

    /** Starts processes of that tier. */
    public Launcher of(Tier tier) {
        return (name, command, directory, log, readyLine) -> start(tier, name, command, directory, log, readyLine);
    }

    /**
     * Starts one; a dead one of that name is forgotten.
     *
     * @throws IOException it cannot be started, or the run is being ended
     */
    private synchronized ChildProcess start(
            Tier tier, String name, List<String> command, Path directory, Path log, Pattern readyLine)
            throws IOException {
        if (closing) {
            throw new IOException(name + " is not started: the run is being ended");
        }
        ChildProcess started = ChildProcess.start(name, command, directory, log, readyLine);
        inTier(tier).put(name, started);
        return started;
    }

    /** The process that was last started under that name. */
    public synchronized ChildProcess named(String name) {
        for (Map<String, ChildProcess> tier : tiers.values()) {
            ChildProcess process = tier.get(name);
            if (process != null) {
                return process;
            }
        }
        throw new IllegalArgumentException("there is no process '" + name + "' in this run");
    }

    /** Returns when all have ended, whoever began to end them. */
    @Override
    public void close() {
        synchronized (this) {
            closing = true;
        }
        synchronized (oneEnd) {
            close(Tier.SERVICES);
            close(Tier.NODES);
            close(Tier.PLATFORM);
        }
    }

    private void close(Tier tier) {
        List<ChildProcess> children;
        synchronized (this) {
            children = new ArrayList<>(inTier(tier).values());
        }
        children.stream().map(Processes::closer).toList().forEach(Processes::join);
    }

    private Map<String, ChildProcess> inTier(Tier tier) {
        return Optional.ofNullable(tiers.get(tier)).orElseThrow();
    }

    private static Thread closer(ChildProcess child) {
        Thread thread = new Thread(child::close, "stop-" + child.name());
        thread.start();
        return thread;
    }

    private static void join(Thread thread) {
        try {
            thread.join();
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
