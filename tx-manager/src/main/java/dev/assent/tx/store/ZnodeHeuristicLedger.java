package dev.assent.tx.store;

import dev.assent.tx.model.BranchId;
import dev.assent.tx.model.GlobalTxId;
import dev.assent.tx.model.HeuristicOutcome;
import dev.assent.tx.spi.HeuristicLedger;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Predicate;
import org.apache.zookeeper.CreateMode;
import org.apache.zookeeper.KeeperException.Code;

/** Heuristic outcomes as znodes of three lines: outcome, resource, cause. */
public final class ZnodeHeuristicLedger implements HeuristicLedger {
    private static final int CAUSE_CHARS_MAX = 2_000;

    private final StoreSession session;

    public ZnodeHeuristicLedger(StoreSession session) {
        this.session = session;
    }

    @Override
    public void keep(Entry entry) throws IOException {
        String cause = entry.cause().replace('\n', ' ');
        String text = entry.outcome() + "\n" + entry.resource() + "\n"
                + cause.substring(0, Math.min(cause.length(), CAUSE_CHARS_MAX));
        try {
            session.await(
                    session.create(
                            StoreLayout.heuristic(entry.branch()),
                            text.getBytes(StandardCharsets.UTF_8),
                            CreateMode.PERSISTENT),
                    "keeping a heuristic outcome");
        } catch (StoreException e) {
            if (!e.is(Code.NODEEXISTS)) {
                throw e;
            }
        }
    }

    @Override
    public List<Entry> list() throws IOException {
        return entries(name -> true);
    }

    @Override
    public List<Entry> of(GlobalTxId transaction) throws IOException {
        String prefix = StoreLayout.heuristicsOf(transaction);
        return entries(name -> name.startsWith(prefix));
    }

    private List<Entry> entries(Predicate<String> wanted) throws IOException {
        session.await(session.sync(), "listing heuristic outcomes");
        List<Entry> entries = new ArrayList<>();
        for (String name : session.await(session.children(StoreLayout.HEURISTICS), "listing heuristic outcomes")) {
            if (wanted.test(name)) {
                read(name).ifPresent(entries::add);
            }
        }
        return entries;
    }

    /** Empty when an operator has forgotten it meanwhile. */
    private Optional<Entry> read(String name) throws IOException {
        try {
            byte[] data = session.await(
                            session.read(StoreLayout.HEURISTICS + "/" + name), "reading a heuristic outcome")
                    .data();
            return Optional.of(parse(name, new String(data, StandardCharsets.UTF_8)));
        } catch (StoreException e) {
            if (e.is(Code.NONODE)) {
                return Optional.empty();
            }
            throw e;
        }
    }

    private static Entry parse(String name, String text) {
        int dash = name.indexOf('-');
        HexFormat hex = HexFormat.of();
        BranchId branch = new BranchId(
                BranchId.FORMAT_ID,
                hex.parseHex(name.substring(0, dash)),
                hex.parseHex(name.substring(dash + 1).toLowerCase(Locale.ROOT)));
        String[] lines = text.split("\n", 3);
        return new Entry(branch, lines[1], HeuristicOutcome.valueOf(lines[0]), lines[2]);
    }

    @Override
    public void forget(BranchId branch) throws IOException {
        try {
            session.await(session.delete(StoreLayout.heuristic(branch), -1), "forgetting a heuristic outcome");
        } catch (StoreException e) {
            if (!e.is(Code.NONODE)) {
                throw e;
            }
        }
    }
}
