package dev.assent.shop.gray;

import dev.assent.coordination.server.FreePorts;
import dev.assent.shop.platform.ChildProcess;
import dev.assent.shop.platform.JavaCommand;
import dev.assent.shop.platform.Pauses;
import dev.assent.shop.platform.Processes;
import dev.assent.shop.platform.Processes.Tier;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** Three servers of the znode store, each with a disk that can be made to stall. Ids count from 1. */
public final class StoreEnsemble {
    public static final int SIZE = 3;
    static final int TICK_MILLIS = 500;
    /** Members miss each other after so many ticks. */
    static final int SYNC_LIMIT = 4;

    /** Small, so that a row can bring a snapshot about. */
    static final int SNAPSHOT_EVERY = 5_000;

    private static final Duration START_TIMEOUT = Duration.ofSeconds(90);
    private static final Duration LEADER_TIMEOUT = Duration.ofSeconds(60);
    private static final int ASK_MILLIS = 500;
    private static final Pattern CONNECTIONS = Pattern.compile("Connections: (\\d+)");
    private static final Pattern SERVES = Pattern.compile(" serving clients on ");

    private final Processes processes;
    private final Path directory;
    private final Optional<Path> library;
    private final List<Integer> clientPorts;
    private final List<Integer> peerPorts;
    private final Set<Integer> limited = new HashSet<>();

    public StoreEnsemble(Processes processes, Path directory, Optional<Path> library, FreePorts ports)
            throws IOException {
        this.processes = processes;
        this.directory = directory;
        this.library = library;
        clientPorts = ports.next(SIZE);
        peerPorts = ports.next(SIZE * 2);
    }

    public void start() throws IOException, InterruptedException {
        for (int id : ids()) {
            spawn(id, List.of());
        }
        for (int id : ids()) {
            String unused = process(id).awaitReady(START_TIMEOUT);
        }
    }

    public static List<Integer> ids() {
        return IntStream.rangeClosed(1, SIZE).boxed().toList();
    }

    public ChildProcess process(int id) {
        return processes.named(name(id));
    }

    private static String name(int id) {
        return "store-" + id;
    }

    /** The server's disk, where this machine can make one stall. */
    Optional<SlowDisk> disk(int id) {
        return library.map(so -> new SlowDisk(so, home(id).resolve("knobs")));
    }

    Path home(int id) {
        return directory.resolve(name(id));
    }

    /** Starts a server that has ended, with words before its command, and waits until it serves. */
    void restart(int id, List<String> prefix) throws IOException, InterruptedException {
        if (!prefix.isEmpty()) {
            limited.add(id);
        }
        spawn(id, prefix);
        String unused = process(id).awaitReady(START_TIMEOUT);
    }

    /** The disk answers, the process runs; one that has ended, or was started with limits, is started anew. */
    public void mend(int id) throws IOException, InterruptedException {
        Optional<SlowDisk> disk = disk(id);
        if (disk.isPresent()) {
            for (SlowDisk.Knob knob : SlowDisk.Knob.values()) {
                disk.get().set(knob, 0);
            }
        }
        if (process(id).isAlive()) {
            Signals.thaw(process(id));
            if (!limited.remove(id)) {
                return;
            }
            process(id).close();
        }
        limited.remove(id);
        restart(id, List.of());
    }

    private void spawn(int id, List<String> prefix) throws IOException {
        Path home = Files.createDirectories(home(id));
        List<String> command = new ArrayList<>(prefix);
        disk(id).ifPresent(disk -> command.addAll(disk.prefix()));
        command.addAll(JavaCommand.of(dev.assent.coordination.server.Main.class, "-Xmx256m")
                .with(configuration(id))
                .words());
        ChildProcess unused =
                processes.of(Tier.PLATFORM).start(name(id), command, home, home.resolve("server.log"), SERVES);
    }

    private Path configuration(int id) throws IOException {
        Path data = Files.createDirectories(home(id).resolve("data"));
        Files.writeString(data.resolve("myid"), Integer.toString(id));
        List<String> lines = new ArrayList<>(List.of(
                "tickTime=" + TICK_MILLIS,
                "initLimit=20",
                "syncLimit=" + SYNC_LIMIT,
                "snapCount=" + SNAPSHOT_EVERY,
                "dataDir=" + data,
                "clientPort=" + clientPort(id),
                "clientPortAddress=127.0.0.1",
                "maxClientCnxns=0",
                "4lw.commands.whitelist=*"));
        for (int member : ids()) {
            lines.add("server." + member + "=127.0.0.1:" + peerPorts.get(2 * member - 2) + ":"
                    + peerPorts.get(2 * member - 1));
        }
        return Files.write(home(id).resolve("zoo.cfg"), lines);
    }

    int clientPort(int id) {
        return clientPorts.get(id - 1);
    }

    /** Every server, as clients dial them. */
    public String connectString() {
        return ids().stream().map(id -> "127.0.0.1:" + clientPort(id)).collect(Collectors.joining(","));
    }

    /** Waits for a leader. */
    public int leader() throws IOException, InterruptedException {
        long giveUpNanos = System.nanoTime() + LEADER_TIMEOUT.toNanos();
        while (System.nanoTime() < giveUpNanos) {
            OptionalInt leader = ids().stream()
                    .mapToInt(Integer::intValue)
                    .filter(id -> ask(id, "srvr").contains("Mode: leader"))
                    .findFirst();
            if (leader.isPresent()) {
                return leader.getAsInt();
            }
            Pauses.pause(ASK_MILLIS);
        }
        throw new IOException("no server says that it leads; their logs are in " + directory);
    }

    /** A server that follows. */
    int follower() throws IOException, InterruptedException {
        int leader = leader();
        return ids().stream().filter(id -> id != leader).findFirst().orElseThrow();
    }

    /** How many clients each server says that it has, the one who asks included. A silent server has none. */
    Map<Integer, Integer> connections() {
        Map<Integer, Integer> connections = new TreeMap<>();
        for (int id : ids()) {
            Matcher told = CONNECTIONS.matcher(ask(id, "srvr"));
            connections.put(id, told.find() ? Integer.parseInt(told.group(1)) : 0);
        }
        return connections;
    }

    /** The answer to a four-letter word; empty if there is none in time. */
    String ask(int id, String word) {
        try (Socket socket = new Socket()) {
            socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), clientPort(id)), ASK_MILLIS);
            socket.setSoTimeout(ASK_MILLIS);
            socket.getOutputStream().write(word.getBytes(StandardCharsets.US_ASCII));
            return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException silent) {
            return "";
        }
    }
}
