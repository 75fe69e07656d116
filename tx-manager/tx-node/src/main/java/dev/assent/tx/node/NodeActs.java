package dev.assent.tx.node;

import dev.assent.admin.Act;
import dev.assent.admin.Action;
import dev.assent.admin.PreparedReader;
import dev.assent.admin.view.ItemResult;
import dev.assent.store.OpenedWhenNeeded;
import dev.assent.store.audit.AuditLog;
import dev.assent.time.Clock;
import dev.assent.tx.model.Decision;
import dev.assent.tx.model.GlobalTxId;
import dev.assent.tx.store.CoordinatorZnodes;
import dev.assent.tx.store.OperatorActs;
import java.io.IOException;
import java.time.Duration;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/** What an operator can have a node do. Thread-safe. */
final class NodeActs {
    private final OpenedWhenNeeded<CoordinatorZnodes> store;
    private final List<OperatorActs.Database> databases;
    private final Draining draining;
    private final String name;
    private final Clock clock;

    /** How the node hands its shards over. */
    interface Draining {
        boolean drain() throws InterruptedException;

        Duration patience();
    }

    NodeActs(
            OpenedWhenNeeded<CoordinatorZnodes> store,
            List<PreparedReader.Database> databases,
            Draining draining,
            String name,
            Clock clock) {
        this.store = store;
        this.databases = databases.stream()
                .map(one -> new OperatorActs.Database(one.name(), one.url(), one.user(), one.password()))
                .toList();
        this.draining = draining;
        this.name = name;
        this.clock = clock;
    }

    /** One of the commands. */
    private interface Command {
        OperatorActs.Done run(OperatorActs.Means means, OperatorActs.Order order, GlobalTxId transaction)
                throws IOException;
    }

    /** Without the operators' commands on the class path only the node itself is drained. */
    Map<Act, Action> all() {
        Map<Act, Action> all = new EnumMap<>(Act.class);
        all.put(Act.DRAIN, this::drain);
        OperatorActs.find().ifPresent(acts -> {
            all.put(Act.RESOLVE, (order, item) -> run(acts, acts::resolve, order, item));
            all.put(Act.RETRY, (order, item) -> run(acts, acts::retry, order, item));
            all.put(Act.FORGET, (order, item) -> run(acts, acts::forget, order, item));
        });
        return all;
    }

    private ItemResult run(OperatorActs acts, Command command, Action.Order order, String item) throws IOException {
        GlobalTxId transaction = acts.named(item);
        OperatorActs.Done done = command.run(
                new OperatorActs.Means(store.get(), databases),
                new OperatorActs.Order(
                        order.operator(),
                        order.reason(),
                        order.dryRun(),
                        order.decision().map(Decision::valueOf)),
                transaction);
        return new ItemResult(item, result(done.kind()), done.lines());
    }

    private static ItemResult.Result result(OperatorActs.Done.Kind kind) {
        return switch (kind) {
            case COMPLETE -> ItemResult.Result.DONE;
            case PARTLY -> ItemResult.Result.PARTLY;
            case NOTHING -> ItemResult.Result.NOTHING;
            case WOULD -> ItemResult.Result.WOULD;
            case REFUSED -> ItemResult.Result.REFUSED;
        };
    }

    private ItemResult drain(Action.Order order, String item) throws IOException {
        if (!item.equals(name)) {
            throw new IllegalArgumentException("this is node " + name + ", not the one that is to be drained");
        }
        if (order.dryRun()) {
            return new ItemResult(
                    item,
                    ItemResult.Result.WOULD,
                    List.of("would begin no transaction any more, and hand each shard over to other nodes, within "
                            + draining.patience().toMillis() + " ms; it stays so until the node is started again"));
        }
        keep(order, AuditLog.Entry.INTENDED);
        boolean isDone = drained();
        String result = isDone
                ? "all shards are handed over"
                : "transactions are still under way after "
                        + draining.patience().toMillis() + " ms; their shards are handed over when these end";
        return new ItemResult(
                item, isDone ? ItemResult.Result.DONE : ItemResult.Result.PARTLY, List.of(kept(order, result)));
    }

    private boolean drained() throws IOException {
        try {
            return draining.drain();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("the node stops", e);
        }
    }

    /** The result, which stands whether or not the audit log takes it: the intent is there. */
    private String kept(Action.Order order, String result) {
        try {
            keep(order, result);
            return result;
        } catch (IOException away) {
            return result + "; the audit log has only that it was intended: " + away.getMessage();
        }
    }

    private void keep(Action.Order order, String result) throws IOException {
        store.get()
                .audit()
                .keep(new AuditLog.Entry(
                        clock.epochMillis(), order.operator(), "drain", "node " + name, order.reason(), result));
    }
}
