package dev.assent.rm.operator.status;

import dev.assent.rm.operator.doctor.DatabaseAddress;
import dev.assent.rm.operator.tx.Databases;
import dev.assent.rm.operator.tx.HeldBranch;
import dev.assent.store.Node;
import dev.assent.store.StoreCode;
import dev.assent.store.StoreException;
import dev.assent.store.StoreSession;
import dev.assent.tx.model.GlobalTxId;
import dev.assent.tx.model.RecordRead;
import dev.assent.tx.store.CoordinatorZnodes;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/** Asks for all of a cluster's status. One thread. */
public final class StatusReading {
    /** Of one database; the oldest come first. */
    public static final int BRANCHES_MAX = 1_000;

    private static final int RELAYS_MAX = 100;
    private static final String RESOURCES = "/assent/rms";
    private static final String RELAYS = "/assent/outbox";

    private final CoordinatorZnodes store;
    private final StoreSession session;

    public StatusReading(CoordinatorZnodes store, StoreSession session) {
        this.store = store;
        this.session = session;
    }

    /**
     * Asks all of them.
     *
     * @throws IOException the store cannot be asked; of servers and databases the answer says so
     */
    public ClusterStatus read(List<DatabaseAddress> addresses) throws IOException {
        List<ClusterStatus.Server> servers = new ArrayList<>();
        for (String address : session.config().connectString().split("/", 2)[0].split(",", -1)) {
            servers.add(ServerWord.ask(address.strip()));
        }
        Map<String, ClusterStatus.Database> databases = new LinkedHashMap<>();
        for (DatabaseAddress address : addresses) {
            databases.put(address.shown(), database(address));
        }
        return new ClusterStatus(
                store.cluster().toString(),
                servers,
                store.look(),
                children(RESOURCES),
                databases,
                store.heuristics().list().size(),
                relays());
    }

    private ClusterStatus.Database database(DatabaseAddress address) throws IOException {
        List<HeldBranch> held;
        try {
            held = new Databases(List.of(address)).scan(store.cluster());
        } catch (Databases.Failure failed) {
            return new ClusterStatus.Database(
                    List.of(), String.valueOf(failed.refusal().getMessage()));
        }
        List<HeldBranch> shown = held.subList(0, Math.min(held.size(), BRANCHES_MAX));
        Map<GlobalTxId, RecordRead> records = store.decisions()
                .readAll(shown.stream().map(HeldBranch::transaction).distinct().toList());
        List<ClusterStatus.InDoubt> inDoubt = new ArrayList<>();
        for (HeldBranch branch : shown) {
            RecordRead read = records.getOrDefault(branch.transaction(), new RecordRead.Absent());
            inDoubt.add(read.accept(new Told(branch)));
        }
        return new ClusterStatus.Database(inDoubt, "");
    }

    /** What is decided of a branch's transaction, and what comes next. */
    private record Told(HeldBranch branch) implements RecordRead.Handler<ClusterStatus.InDoubt> {
        @Override
        public ClusterStatus.InDoubt absent(RecordRead.Absent read) {
            return new ClusterStatus.InDoubt(
                    branch, "none", "its coordinator may still decide; past its deadline recovery ends it");
        }

        @Override
        public ClusterStatus.InDoubt found(RecordRead.Found read) {
            return new ClusterStatus.InDoubt(
                    branch,
                    read.record().decision().name(),
                    "it is told as soon as its coordinator, or recovery, reaches the database");
        }

        @Override
        public ClusterStatus.InDoubt unreadable(RecordRead.Unreadable read) {
            return new ClusterStatus.InDoubt(
                    branch, "unreadable", "it stays until its record is restored: " + read.why());
        }
    }

    private SortedMap<String, ClusterStatus.Relay> relays() throws IOException {
        SortedMap<String, ClusterStatus.Relay> relays = new TreeMap<>();
        for (String name : children(RELAYS).stream().limit(RELAYS_MAX).toList()) {
            String base = RELAYS + "/" + name;
            SortedMap<Integer, Optional<String>> owners = new TreeMap<>();
            for (String shard : children(base + "/shards")) {
                if (shard.matches("[0-9]{1,5}")) {
                    owners.put(Integer.valueOf(shard), text(base + "/shards/" + shard + "/owner"));
                }
            }
            relays.put(name, new ClusterStatus.Relay(children(base + "/members"), owners));
        }
        return relays;
    }

    private List<String> children(String path) throws IOException {
        try {
            return session.await(session.children(path), "listing " + path).stream()
                    .sorted()
                    .toList();
        } catch (StoreException e) {
            if (e.is(StoreCode.NONODE)) {
                return List.of();
            }
            throw e;
        }
    }

    private Optional<String> text(String path) throws IOException {
        try {
            Node node = session.await(session.read(path), "reading " + path);
            return Optional.of(new String(node.data(), StandardCharsets.UTF_8));
        } catch (StoreException e) {
            if (e.is(StoreCode.NONODE)) {
                return Optional.empty();
            }
            throw e;
        }
    }
}
