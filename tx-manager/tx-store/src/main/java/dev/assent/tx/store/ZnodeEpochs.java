package dev.assent.tx.store;

import dev.assent.store.MultiReply;
import dev.assent.store.Node;
import dev.assent.store.SetAside;
import dev.assent.store.StoreCode;
import dev.assent.store.StoreException;
import dev.assent.store.StoreOp;
import dev.assent.store.StoreSession;
import dev.assent.store.StoreWatch;
import dev.assent.tx.model.EpochCensus;
import dev.assent.tx.model.EpochRef;
import dev.assent.tx.spi.EpochRegistry;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.NavigableMap;
import java.util.NavigableSet;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * Epochs as znodes: a persistent one in version 0 while it is current, an ephemeral one while it lives. Each
 * epoch is made in one multi with the folder that its records go to.
 */
public final class ZnodeEpochs implements EpochRegistry {
    private static final int ALLOT_ATTEMPTS_MAX = 1_000;
    private static final String FOREIGN_REMEDY = "Delete it, unless another program needs it there";

    private final StoreSession session;
    private final ZnodeStore store;
    private final ZnodeArchive archive;
    private final SetAside aside;
    private final List<Runnable> lifeListeners = new CopyOnWriteArrayList<>();
    private final StoreWatch lifeWatch = new StoreWatch(() -> lifeListeners.forEach(Runnable::run));

    public ZnodeEpochs(StoreSession session, SetAside aside) {
        this.session = session;
        this.store = new ZnodeStore(session);
        this.archive = new ZnodeArchive(session, aside);
        this.aside = aside;
    }

    @Override
    public EpochRef allot() throws IOException {
        for (int attempt = 0; attempt < ALLOT_ATTEMPTS_MAX; attempt++) {
            Node counter = session.await(session.syncAndRead(StoreLayout.COUNTER), "reading the incarnation counter");
            long next = counted(counter.data())
                            .orElseThrow(() -> new IOException(StoreLayout.COUNTER + " holds no number, so that no"
                                    + " coordinator can be told apart from those before it. Write the highest number"
                                    + " that was ever allotted: at least the highest under " + StoreLayout.EMBEDDED
                                    + ", and no lower than the logs of all services show"))
                    + 1;
            EpochRef epoch = new EpochRef(StoreLayout.embeddedKey(next), 0);
            store.prepareShard(epoch.key().shardKey());
            MultiReply reply = session.await(session.multi(allotment(epoch, counter)), "allotting an incarnation");
            if (reply.isApplied()) {
                return epoch;
            }
            if (reply.code() != StoreCode.BADVERSION) {
                throw new StoreException(reply.code(), "allotting an incarnation: " + reply.code());
            }
        }
        throw new IOException("no incarnation could be allotted in " + ALLOT_ATTEMPTS_MAX
                + " attempts: too many coordinators start at once; start again");
    }

    private List<StoreOp> allotment(EpochRef epoch, Node counter) {
        long incarnation = epoch.key().incarnation();
        byte[] number = Long.toString(incarnation).getBytes(StandardCharsets.US_ASCII);
        List<StoreOp> operations = new ArrayList<>();
        operations.add(
                new StoreOp.SetData(StoreLayout.COUNTER, number, counter.stat().version()));
        operations.add(new StoreOp.Create(StoreLayout.embedded(incarnation), new byte[0]));
        operations.add(StoreOp.Create.ephemeral(StoreLayout.live(incarnation), new byte[0]));
        operations.addAll(folders(epoch));
        return operations;
    }

    private List<StoreOp> folders(EpochRef epoch) {
        return store.folders(epoch);
    }

    @Override
    public EpochCensus census() throws IOException {
        // In this order, which the client keeps, and without waiting in between: who asks may hold up a take-over.
        CompletableFuture<Void> synced = session.sync();
        CompletableFuture<Node> counter = session.read(StoreLayout.COUNTER);
        CompletableFuture<List<String>> epochs = session.children(StoreLayout.EMBEDDED);
        CompletableFuture<List<String>> lives = session.children(StoreLayout.LIVE);
        CompletableFuture<List<String>> shards = session.children(StoreLayout.SHARD_EPOCHS);
        session.await(synced, "reading the epochs");
        OptionalLong counted = counted(
                session.await(counter, "reading the incarnation counter").data());
        NavigableSet<Long> known = incarnations(StoreLayout.EMBEDDED, session.await(epochs, "listing epochs"));
        NavigableSet<Long> alive = incarnations(StoreLayout.LIVE, session.await(lives, "listing live coordinators"));
        NavigableMap<Long, Integer> embedded = new TreeMap<>();
        versions(known, alive).forEach(embedded::put);
        long highest = Math.max(counted.orElse(0), known.isEmpty() ? 0 : known.last());
        return new EpochCensus(highest, embedded, alive, versions(session.await(shards, "listing shards")));
    }

    private NavigableSet<Long> incarnations(String folder, List<String> names) {
        NavigableSet<Long> incarnations = new TreeSet<>();
        for (String name : names) {
            Optional<Long> incarnation = StoreLayout.incarnation(name);
            incarnation.ifPresentOrElse(
                    incarnations::add,
                    () -> aside.report(
                            folder + "/" + name, "no incarnation has a number of that form", FOREIGN_REMEDY));
        }
        return incarnations;
    }

    /** Nobody fences who is alive, so only the others are looked at. One that cannot be read counts as alive. */
    private NavigableMap<Long, Integer> versions(NavigableSet<Long> known, NavigableSet<Long> alive)
            throws IOException {
        NavigableMap<Long, Integer> versions = new TreeMap<>();
        List<Long> gone = new ArrayList<>();
        for (long incarnation : known) {
            if (alive.contains(incarnation)) {
                versions.put(incarnation, 0);
            } else {
                gone.add(incarnation);
            }
        }
        for (int from = 0; from < gone.size(); from += RecordReader.READS_IN_FLIGHT_MAX) {
            List<Long> some = gone.subList(from, Math.min(gone.size(), from + RecordReader.READS_IN_FLIGHT_MAX));
            List<CompletableFuture<Node>> replies = some.stream()
                    .map(incarnation -> session.read(StoreLayout.embedded(incarnation)))
                    .toList();
            for (int place = 0; place < some.size(); place++) {
                putVersion(some.get(place), replies.get(place), versions, alive);
            }
        }
        return versions;
    }

    private void putVersion(
            long incarnation,
            CompletableFuture<Node> reply,
            NavigableMap<Long, Integer> versions,
            NavigableSet<Long> alive)
            throws IOException {
        try {
            versions.put(
                    incarnation, session.await(reply, "reading an epoch").stat().version());
        } catch (StoreException e) {
            if (e.is(StoreCode.NOAUTH)) {
                versions.put(incarnation, 0);
                alive.add(incarnation);
                aside.report(
                        StoreLayout.embedded(incarnation),
                        "its ACL does not let this user read it, so its coordinator is taken for alive",
                        "Give this user the credential that owns " + StoreLayout.ROOT);
            } else if (!e.is(StoreCode.NONODE)) {
                throw e;
            }
        }
    }

    private NavigableMap<Integer, Integer> versions(List<String> names) throws IOException {
        List<Integer> known = new ArrayList<>();
        for (String name : names) {
            shard(name)
                    .ifPresentOrElse(
                            known::add,
                            () -> aside.report(
                                    StoreLayout.SHARD_EPOCHS + "/" + name,
                                    "no shard has a number of that form",
                                    FOREIGN_REMEDY));
        }
        NavigableMap<Integer, Integer> shards = new TreeMap<>();
        for (int from = 0; from < known.size(); from += RecordReader.READS_IN_FLIGHT_MAX) {
            List<Integer> some = known.subList(from, Math.min(known.size(), from + RecordReader.READS_IN_FLIGHT_MAX));
            List<CompletableFuture<Node>> replies = some.stream()
                    .map(shard -> session.read(StoreLayout.SHARD_EPOCHS + "/" + shard))
                    .toList();
            for (int place = 0; place < some.size(); place++) {
                try {
                    Node node = session.await(replies.get(place), "reading an epoch");
                    shards.put(some.get(place), node.stat().version());
                } catch (StoreException e) {
                    if (!e.is(StoreCode.NONODE) && !e.is(StoreCode.NOAUTH)) {
                        throw e;
                    }
                }
            }
        }
        return shards;
    }

    private static Optional<Integer> shard(String name) {
        try {
            int shard = Integer.parseInt(name);
            return shard >= 0 && shard <= 0xFFFF && Integer.toString(shard).equals(name)
                    ? Optional.of(shard)
                    : Optional.empty();
        } catch (NumberFormatException foreign) {
            return Optional.empty();
        }
    }

    /** By a multi that a majority has to take, with nothing in it but the check of the epoch. */
    @Override
    public CompletableFuture<Optional<String>> whyNoCommit(EpochRef epoch) {
        return session.multi(List.of(new StoreOp.Check(StoreLayout.epoch(epoch.key()), epoch.version())))
                .thenApply(reply -> reply.isApplied()
                        ? Optional.<String>empty()
                        : Optional.of("the store does not confirm that it takes decisions: " + reply.code()));
    }

    @Override
    public void fence(long incarnation) throws IOException {
        byte[] mark = "fenced".getBytes(StandardCharsets.US_ASCII);
        try {
            session.await(session.setData(StoreLayout.embedded(incarnation), mark, 0), "fencing an epoch");
        } catch (StoreException e) {
            if (!e.is(StoreCode.BADVERSION) && !e.is(StoreCode.NONODE)) {
                throw e;
            }
        }
    }

    @Override
    public void resign(EpochRef epoch) throws IOException {
        fence(epoch.key().incarnation());
        boolean unused = archive.retire(epoch);
    }

    @Override
    public void onLifeChange(Runnable listener) {
        lifeListeners.add(listener);
    }

    @Override
    public void watchLife() {
        CompletableFuture<List<String>> unused = session.children(StoreLayout.LIVE, lifeWatch);
    }

    /** Empty when it holds no number. */
    private OptionalLong counted(byte[] number) {
        if (number.length == 0) {
            return OptionalLong.of(0);
        }
        try {
            long counted = Long.parseLong(new String(number, StandardCharsets.US_ASCII));
            aside.clear(StoreLayout.COUNTER);
            return OptionalLong.of(counted);
        } catch (NumberFormatException damaged) {
            aside.report(
                    StoreLayout.COUNTER,
                    "it holds no number: no embedded coordinator can start, those that run go on",
                    "Write the highest number that was ever allotted, at least the highest under "
                            + StoreLayout.EMBEDDED);
            return OptionalLong.empty();
        }
    }
}
