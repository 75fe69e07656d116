package dev.assent.tx.node;

import dev.assent.admin.Act;
import dev.assent.admin.Action;
import dev.assent.admin.AdminSource;
import dev.assent.admin.view.Audit;
import dev.assent.admin.view.AuditEntry;
import dev.assent.admin.view.InDoubt;
import dev.assent.admin.view.InDoubtDatabase;
import dev.assent.admin.view.ItemResult;
import dev.assent.admin.view.Prepared;
import dev.assent.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;

/** A process with one prepared branch, that keeps a list of what it is told to do about it. Thread-safe. */
final class OrderedSource implements AdminSource {
    static final String TRANSACTION = "0192aabb";
    private final List<AuditEntry> entries = new CopyOnWriteArrayList<>();

    List<String> done() {
        return entries.stream()
                .map(entry -> entry.subject() + ": " + entry.reason())
                .toList();
    }

    @Override
    public String kind() {
        return "node";
    }

    @Override
    public String name() {
        return "ordered";
    }

    @Override
    public Optional<String> obstacle() {
        return Optional.empty();
    }

    @Override
    public InDoubt inDoubt() {
        Prepared branch = new Prepared(
                "1_AZIAu7s=_AQ==",
                "Assent",
                Optional.of(TRANSACTION),
                "orders",
                "shop",
                4_000,
                Optional.empty(),
                Prepared.State.UNDECIDED,
                "recovery rolls it back",
                true,
                List.of(),
                List.of(),
                0);
        return new InDoubt(
                List.of(new InDoubtDatabase("orders", Optional.empty(), now(), List.of(), List.of(branch))), List.of());
    }

    private static Instant now() {
        return Instant.ofEpochMilli(Clock.SYSTEM.epochMillis());
    }

    @Override
    public Audit audit(int limit) {
        return new Audit(entries);
    }

    @Override
    public Map<Act, Action> actions() {
        return Map.of(Act.RESOLVE, this::resolve);
    }

    private ItemResult resolve(Action.Order order, String item) {
        if (order.dryRun()) {
            return new ItemResult(item, ItemResult.Result.WOULD, List.of("it would be rolled back"));
        }
        entries.add(new AuditEntry(now(), order.operator(), "resolve", item, order.reason(), "ABORT: told to all"));
        return new ItemResult(item, ItemResult.Result.DONE, List.of("it was rolled back"));
    }
}
