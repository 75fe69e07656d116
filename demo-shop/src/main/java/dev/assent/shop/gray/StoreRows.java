package dev.assent.shop.gray;

import dev.assent.rm.Assent;
import dev.assent.shop.gray.SlowDisk.Knob;
import dev.assent.shop.platform.ChildProcess;
import dev.assent.shop.platform.Pauses;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What is done to servers of the znode store. */
final class StoreRows {
    /** A leader that is silent is missed after the sync limit; the election and the clients' moves come on top. */
    static final Duration LEADER_MISSED =
            Duration.ofMillis((long) StoreEnsemble.SYNC_LIMIT * StoreEnsemble.TICK_MILLIS + 2_000);

    /** A server's own clients miss it after two thirds of their time-out. */
    static final Duration FOLLOWER_MISSED = Duration.ofMillis(Sessions.TIMEOUT_MILLIS * 2L / 3 + 500);

    private static final int DISK_FAILED = 3;
    private static final Duration END_MAX = Duration.ofSeconds(5);
    private static final Duration SNAPSHOT_MAX = Duration.ofSeconds(20);
    /** The shop's class path alone takes 210. */
    private static final int DESCRIPTORS = 320;

    private static final int FLOOD = 400;
    private static final int TRANSFERRERS_AT_VICTIM = 2;

    private static final Logger LOG = LoggerFactory.getLogger(StoreRows.class);

    private StoreRows() {}

    static List<Row> all() {
        return List.of(
                new Row(
                        "follower-disk-stalls",
                        "a follower's syncs do not return",
                        true,
                        stage -> stalledDisk(stage, stage.store().follower(), FOLLOWER_MISSED)),
                new Row(
                        "leader-disk-stalls",
                        "the leader's syncs do not return",
                        true,
                        stage -> stalledDisk(stage, stage.store().leader(), LEADER_MISSED)),
                new Row("leader-frozen-3", "the leader is frozen for 3 s", false, stage -> frozenLeader(stage, 3)),
                new Row("leader-frozen-7", "the leader is frozen for 7 s", false, stage -> frozenLeader(stage, 7)),
                new Row("leader-frozen-15", "the leader is frozen for 15 s", false, stage -> frozenLeader(stage, 15)),
                new Row(
                        "follower-frozen",
                        "a follower is frozen for 10 s",
                        false,
                        stage -> frozen(stage, stage.store().follower(), FOLLOWER_MISSED, Duration.ofSeconds(6))),
                new Row(
                        "follower-disk-full",
                        "a follower's disk is full",
                        true,
                        stage -> fullDisk(stage, stage.store().follower(), FOLLOWER_MISSED)),
                new Row(
                        "leader-disk-full",
                        "the leader's disk is full",
                        true,
                        stage -> fullDisk(stage, stage.store().leader(), LEADER_MISSED)),
                new Row(
                        "descriptors",
                        "a server has no file descriptors left, and a snapshot is due",
                        false,
                        StoreRows::descriptors),
                new Row(
                        "sigterm-during-snapshot",
                        "a server is told to stop while it writes a snapshot to a slow disk",
                        true,
                        StoreRows::stopDuringSnapshot));
    }

    /** Bystanders at those servers: writers, and a coordinator that may move to any other. */
    private static Scene crowd(Stage stage, List<Integer> servers) throws Exception {
        Scene scene = new Scene();
        Workload crowd = new Workload(stage, scene);
        crowd.holdSessions();
        crowd.writeAt(servers);
        Assent assent = crowd.embeddedAt(servers);
        crowd.transfer(
                "transactions",
                assent,
                crowd.place(assent, Databases.Name.LEFT),
                crowd.place(assent, Databases.Name.RIGHT));
        return scene;
    }

    /** Whoever is at the victim is answered in time; its own connection to the store is what it has lost. */
    private static void beginAt(int victim, Workload crowd) throws Exception {
        crowd.writeInVainAt(victim);
        Assent assent = crowd.embeddedAt(List.of(victim));
        crowd.transferInVain(
                "transactions from the victim",
                TRANSFERRERS_AT_VICTIM,
                assent,
                crowd.place(assent, Databases.Name.LEFT),
                crowd.place(assent, Databases.Name.RIGHT));
    }

    private static List<Integer> allBut(int server) {
        return StoreEnsemble.ids().stream().filter(id -> id != server).toList();
    }

    private static Scene stalledDisk(Stage stage, int victim, Duration missed) throws Exception {
        SlowDisk disk = stage.store().disk(victim).orElseThrow();
        Scene scene = crowd(stage, allBut(victim));
        Workload more = new Workload(stage, scene);
        beginAt(victim, more);
        more.writeMuchAt(allBut(victim).get(0));
        return scene.grace(missed)
                .lasts(Duration.ofSeconds(10))
                .inflict(() -> disk.set(Knob.STALL, 1))
                .heal(() -> disk.set(Knob.STALL, 0));
    }

    /** Frozen for so long in all; the rest of a short one is measured with the leader awake again. */
    private static Scene frozenLeader(Stage stage, int seconds) throws Exception {
        int leader = stage.store().leader();
        Duration measured = Duration.ofSeconds(seconds).minus(LEADER_MISSED);
        if (measured.compareTo(Duration.ofSeconds(2)) >= 0) {
            return frozen(stage, leader, LEADER_MISSED, measured);
        }
        ChildProcess process = stage.store().process(leader);
        return crowd(stage, allBut(leader))
                .grace(LEADER_MISSED)
                .lasts(Duration.ofSeconds(5))
                .inflict(() -> {
                    Signals.freeze(process);
                    Pauses.pause(seconds * 1_000L);
                    Signals.thaw(process);
                })
                .heal(() -> Signals.thaw(process));
    }

    private static Scene frozen(Stage stage, int victim, Duration missed, Duration measured) throws Exception {
        ChildProcess process = stage.store().process(victim);
        Scene scene = crowd(stage, allBut(victim));
        beginAt(victim, new Workload(stage, scene));
        return scene.grace(missed)
                .lasts(measured)
                .inflict(() -> Signals.freeze(process))
                .heal(() -> Signals.thaw(process));
    }

    private static Scene fullDisk(Stage stage, int victim, Duration missed) throws Exception {
        SlowDisk disk = stage.store().disk(victim).orElseThrow();
        ChildProcess process = stage.store().process(victim);
        AtomicReference<String> fault = new AtomicReference<>("");
        return crowd(stage, allBut(victim))
                .grace(missed)
                .inflict(() -> {
                    disk.set(Knob.FULL, 1);
                    fault.set(endsWith(process, DISK_FAILED, END_MAX));
                })
                .heal(() -> stage.store().mend(victim))
                .look(() -> said(fault));
    }

    private static String endsWith(ChildProcess process, int code, Duration limit) throws InterruptedException {
        try {
            int ended = process.awaitEnd(limit);
            return ended == code ? "" : process.name() + " ended with " + ended + " instead of " + code;
        } catch (IOException goesOn) {
            return String.valueOf(goesOn.getMessage()).lines().findFirst().orElse("");
        }
    }

    private static Optional<String> said(AtomicReference<String> fault) {
        return Optional.ofNullable(fault.get()).filter(text -> !text.isEmpty());
    }

    private static Scene descriptors(Stage stage) throws Exception {
        int victim = stage.store().follower();
        stage.store().process(victim).close();
        stage.store().restart(victim, List.of("bash", "-c", "ulimit -n " + DESCRIPTORS + "; exec \"$@\"", "limited"));
        List<Socket> flood = new ArrayList<>();
        return crowd(stage, allBut(victim))
                .grace(FOLLOWER_MISSED)
                .inflict(() -> {
                    flood(stage.store().clientPort(victim), flood);
                    Workload.bringSnapshotAbout(stage, allBut(victim).get(0));
                })
                .heal(() -> {
                    for (Socket socket : flood) {
                        socket.close();
                    }
                })
                .look(() -> serves(stage, victim));
    }

    /** As many connections as it takes, each held. */
    private static void flood(int port, List<Socket> flood) {
        int refused = 0;
        for (int i = 0; i < FLOOD; i++) {
            Socket socket = new Socket();
            flood.add(socket);
            try {
                socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 200);
            } catch (IOException full) {
                refused++;
            }
        }
        LOG.debug("{} of {} connections were refused", refused, FLOOD);
    }

    /** Alive and serving, or ended: anything between is a lie. */
    private static Optional<String> serves(Stage stage, int victim) throws Exception {
        if (!stage.store().process(victim).isAlive()) {
            return Optional.empty();
        }
        Sessions probe = new Sessions();
        Scene looking = new Scene();
        try (looking) {
            looking.sessions(probe);
            var client = probe.connect(stage.store(), victim);
            client.close();
            String answer = stage.store().ask(victim, "ruok");
            return answer.equals("imok")
                    ? Optional.empty()
                    : Optional.of("server " + victim + " runs, and answers '" + answer + "' to ruok");
        } catch (IOException refused) {
            return Optional.of("server " + victim + " runs, but does not serve: " + refused.getMessage());
        }
    }

    private static Scene stopDuringSnapshot(Stage stage) throws Exception {
        int victim = stage.store().follower();
        SlowDisk disk = stage.store().disk(victim).orElseThrow();
        ChildProcess process = stage.store().process(victim);
        AtomicReference<String> fault = new AtomicReference<>("");
        return crowd(stage, allBut(victim))
                .grace(FOLLOWER_MISSED)
                .inflict(() -> {
                    disk.set(Knob.SNAPSHOT_MS, 2_000);
                    Workload.bringSnapshotAbout(stage, allBut(victim).get(0));
                    if (!snapshotBegins(stage.store().home(victim))) {
                        fault.set("no snapshot began, so nothing is shown");
                    }
                    Signals.terminate(process);
                    String ended = endsWith(process, 0, END_MAX);
                    fault.compareAndSet("", ended);
                })
                .heal(() -> stage.store().mend(victim))
                .look(() -> said(fault));
    }

    private static boolean snapshotBegins(Path home) throws IOException, InterruptedException {
        long giveUpNanos = System.nanoTime() + SNAPSHOT_MAX.toNanos();
        while (System.nanoTime() < giveUpNanos) {
            try (Stream<Path> files = Files.walk(home)) {
                if (files.anyMatch(file -> file.getFileName().toString().startsWith("snapshot.tmp"))) {
                    return true;
                }
            } catch (UncheckedIOException vanished) {
                continue; // a file was renamed while we looked
            }
            Pauses.pause(20);
        }
        return false;
    }
}
