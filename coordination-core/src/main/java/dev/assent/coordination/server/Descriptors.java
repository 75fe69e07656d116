package dev.assent.coordination.server;

import com.sun.management.UnixOperatingSystemMXBean;
import java.io.FileInputStream;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The process's file descriptors, of which clients must not get the last. Log, snapshots and links to other members
 * need some, and so do classes that are loaded late. Thread-safe.
 */
final class Descriptors implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Descriptors.class);

    /** Never given to clients: for files, links, and classes. */
    static final int RESERVE = 64;

    /** Connections that are allowed however few descriptors there are: then accepting fails instead. */
    static final int CLIENTS_MIN = 16;

    private static final int SPARES = 8;
    private static final String NOTHING = "/dev/null";

    private final List<FileInputStream> spares = new ArrayList<>();

    private Descriptors() {}

    /** Holds some, to be let go when there are no others. */
    static Descriptors withSpares() {
        Descriptors descriptors = new Descriptors();
        try {
            for (int i = 0; i < SPARES; i++) {
                descriptors.spares.add(new FileInputStream(NOTHING));
            }
        } catch (IOException e) {
            LOG.debug("no spare descriptors", e);
        }
        return descriptors;
    }

    /** Lets the spare ones go: what ends a server must be able to load its classes and open its files. */
    @Override
    public synchronized void close() {
        for (FileInputStream spare : spares) {
            try {
                spare.close();
            } catch (IOException e) {
                LOG.debug("a spare descriptor was not closed", e);
            }
        }
        spares.clear();
    }

    /** How many connections leave the reserve untouched, as things are now; the largest number if there is no limit. */
    static int forClients() {
        return ManagementFactory.getOperatingSystemMXBean() instanceof UnixOperatingSystemMXBean system
                ? forClients(system.getMaxFileDescriptorCount(), system.getOpenFileDescriptorCount())
                : Integer.MAX_VALUE;
    }

    static int forClients(long limit, long open) {
        if (limit <= 0) {
            return Integer.MAX_VALUE;
        }
        long left = limit - Math.max(0, open) - RESERVE;
        if (left < CLIENTS_MIN) {
            LOG.warn(
                    "the process may open {} files and sockets (ulimit -n) and has opened {}: too few to keep {} in"
                            + " reserve. Raise the limit",
                    limit,
                    open,
                    RESERVE);
        }
        return (int) Math.min(Integer.MAX_VALUE, Math.max(CLIENTS_MIN, left));
    }
}
