package dev.assent.tx.store;

import dev.assent.store.SetAside;
import dev.assent.store.StoreCode;
import dev.assent.store.StoreException;
import dev.assent.store.StoreOp;
import dev.assent.store.StoreSession;
import dev.assent.tx.model.BranchId;
import dev.assent.tx.model.GlobalTxId;
import dev.assent.tx.model.HeuristicOutcome;
import dev.assent.tx.spi.HeuristicLedger;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/**
 * Heuristic outcomes as znodes of three lines: outcome, resource, cause. Each transaction that has any has a folder of
 * its own, so that asking about one transaction costs the same however many others nobody has looked at yet.
 */
public final class ZnodeHeuristicLedger implements HeuristicLedger {
    private static final int CAUSE_CHARS_MAX = 2_000;

    /** Others may make or delete the transaction's folder between two requests. */
    private static final int KEEP_ATTEMPTS_MAX = 20;

    /** Transactions in one listing: 10 MB of names. */
    private static final int LISTED_MAX = 100_000;

    private final StoreSession session;
    private final SetAside aside;
    private final int listedMax;

    public ZnodeHeuristicLedger(StoreSession session, SetAside aside) {
        this(session, aside, LISTED_MAX);
    }

    /** The same with a limit of its own to what is listed. */
    ZnodeHeuristicLedger(StoreSession session, SetAside aside, int listedMax) {
        this.session = session;
        this.aside = aside;
        this.listedMax = listedMax;
    }

    @Override
    public void keep(Entry entry) throws IOException {
        StoreOp folder = new StoreOp.Create(StoreLayout.heuristicsOf(entry.branch()), new byte[0]);
        StoreOp node = new StoreOp.Create(StoreLayout.heuristic(entry.branch()), format(entry));
        for (int attempt = 0; attempt < KEEP_ATTEMPTS_MAX; attempt++) {
            StoreCode withFolder = send(List.of(folder, node));
            if (withFolder == StoreCode.OK) {
                return;
            }
            require(withFolder, StoreCode.NODEEXISTS);
            StoreCode alone = send(List.of(node));
            if (alone == StoreCode.OK || alone == StoreCode.NODEEXISTS) {
                return;
            }
            require(alone, StoreCode.NONODE); // its last entry was forgotten meanwhile, and the folder with it
        }
        throw new StoreException(StoreCode.NONODE, "keeping a heuristic outcome: its folder comes and goes; try again");
    }

    private static byte[] format(Entry entry) {
        String cause = entry.cause().replace('\n', ' ');
        return (entry.outcome() + "\n" + entry.resource() + "\n"
                        + cause.substring(0, Math.min(cause.length(), CAUSE_CHARS_MAX)))
                .getBytes(StandardCharsets.UTF_8);
    }

    private StoreCode send(List<StoreOp> operations) throws IOException {
        return session.await(session.multi(operations), "keeping a heuristic outcome")
                .code();
    }

    private static void require(StoreCode answered, StoreCode expected) throws StoreException {
        if (answered != expected) {
            throw new StoreException(answered, "keeping a heuristic outcome: " + answered);
        }
    }

    @Override
    public List<Entry> list() throws IOException {
        int transactions = session.await(session.syncAndRead(StoreLayout.HEURISTICS), "counting heuristic outcomes")
                .stat()
                .children();
        if (transactions > listedMax) {
            throw new IOException(transactions + " transactions have heuristic outcomes, and at most " + listedMax
                    + " can be listed; look at them under " + StoreLayout.HEURISTICS
                    + " with a ZooKeeper client, and forget those that are settled");
        }
        List<Entry> entries = new ArrayList<>();
        for (String gtrid : session.await(session.children(StoreLayout.HEURISTICS), "listing heuristic outcomes")) {
            Optional<GlobalTxId> transaction = transaction(gtrid);
            if (transaction.isPresent()) {
                entries.addAll(of(transaction.get()));
            } else {
                foreign(StoreLayout.HEURISTICS + "/" + gtrid, "no transaction, or one of a newer version");
            }
        }
        return entries;
    }

    private static Optional<GlobalTxId> transaction(String gtrid) {
        try {
            return Optional.of(GlobalTxId.fromHex(gtrid));
        } catch (IllegalArgumentException foreign) {
            return Optional.empty();
        }
    }

    private void foreign(String path, String what) {
        aside.report(path, "it is " + what, "Delete it, unless another program needs it there");
    }

    @Override
    public List<Entry> of(GlobalTxId transaction) throws IOException {
        return ask(transaction).entries();
    }

    @Override
    public Asked ask(GlobalTxId transaction) {
        CompletableFuture<List<String>> bquals = session.syncAndList(StoreLayout.heuristicsOf(transaction));
        return () -> entries(transaction, await(bquals));
    }

    private List<Entry> entries(GlobalTxId transaction, List<String> bquals) throws IOException {
        List<Entry> entries = new ArrayList<>();
        for (String bqual : bquals) {
            Optional<BranchId> branch = branch(transaction, bqual);
            if (branch.isPresent()) {
                read(branch.get()).ifPresent(entries::add);
            } else {
                foreign(StoreLayout.heuristicsOf(transaction) + "/" + bqual, "no branch's name");
            }
        }
        return entries;
    }

    private static Optional<BranchId> branch(GlobalTxId transaction, String bqual) {
        try {
            byte[] bytes = HexFormat.of().parseHex(bqual);
            return Optional.of(new BranchId(BranchId.FORMAT_ID, transaction.toBytes(), bytes));
        } catch (IllegalArgumentException foreign) {
            return Optional.empty();
        }
    }

    private List<String> await(CompletableFuture<List<String>> bquals) throws IOException {
        try {
            return session.await(bquals, "listing a transaction's heuristic outcomes");
        } catch (StoreException e) {
            if (e.is(StoreCode.NONODE)) {
                return List.of();
            }
            throw e;
        }
    }

    /** Empty when an operator has forgotten it meanwhile. */
    private Optional<Entry> read(BranchId branch) throws IOException {
        try {
            byte[] data = session.await(session.read(StoreLayout.heuristic(branch)), "reading a heuristic outcome")
                    .data();
            return Optional.of(parse(branch, new String(data, StandardCharsets.UTF_8)));
        } catch (StoreException e) {
            if (e.is(StoreCode.NONODE)) {
                return Optional.empty();
            }
            throw e;
        }
    }

    /** An entry that cannot be read still says that its branch decided by itself, only not how. */
    private Entry parse(BranchId branch, String text) {
        String path = StoreLayout.heuristic(branch);
        String[] lines = text.split("\n", 3);
        for (HeuristicOutcome outcome : HeuristicOutcome.values()) {
            if (lines.length == 3 && outcome.name().equals(lines[0])) {
                aside.clear(path);
                return new Entry(branch, lines[1], outcome, lines[2]);
            }
        }
        String what = "it does not say what its branch decided by itself, which counts as " + HeuristicOutcome.HAZARD;
        aside.report(path, what, "Look at the branch in its resource, settle it, and delete the znode");
        return new Entry(branch, "unknown", HeuristicOutcome.HAZARD, path + ": " + what);
    }

    @Override
    public void forget(BranchId branch) throws IOException {
        delete(StoreLayout.heuristic(branch));
        delete(StoreLayout.heuristicsOf(branch));
    }

    /** What is gone stays gone; a folder in which something is left stays. */
    private void delete(String path) throws IOException {
        try {
            session.await(session.delete(path, -1), "forgetting a heuristic outcome");
        } catch (StoreException e) {
            if (!e.is(StoreCode.NONODE) && !e.is(StoreCode.NOTEMPTY)) {
                throw e;
            }
        }
    }
}
