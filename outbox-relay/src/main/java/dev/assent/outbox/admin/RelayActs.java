package dev.assent.outbox.admin;

import dev.assent.admin.Act;
import dev.assent.admin.Action;
import dev.assent.admin.view.ItemResult;
import dev.assent.outbox.jdbc.OutboxOperations;
import dev.assent.outbox.lease.RelayAudit;
import dev.assent.outbox.model.MessageKey;
import java.io.IOException;
import java.sql.SQLException;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/** What an operator can have a relay do about parked keys and dead letters. Thread-safe. */
final class RelayActs {
    private final OutboxOperations operations;
    private final RelayAudit audit;
    private final String relay;

    RelayActs(OutboxOperations operations, RelayAudit audit, String relay) {
        this.operations = operations;
        this.audit = audit;
        this.relay = relay;
    }

    /** One of them, about one item. */
    private interface Operation {
        boolean isDone() throws SQLException;
    }

    /** Understands an item; an argument that names nothing is wrong. */
    private interface Named {
        Operation of(String item);
    }

    /**
     * How it is told.
     *
     * @param action for the audit log
     * @param would in a dry run
     * @param done what happened
     * @param nothing why nothing did
     */
    private record Words(String action, String would, String done, String nothing) {}

    Map<Act, Action> all() {
        Map<Act, Action> all = new EnumMap<>(Act.class);
        all.put(
                Act.OUTBOX_RETRY,
                action(
                        new Words(
                                "outbox retry",
                                "would be tried at once, with its failures forgotten",
                                "it is tried at once",
                                "it is not parked, or is being tried at this moment"),
                        item -> {
                            MessageKey key = new MessageKey(item);
                            return () -> operations.retry(key);
                        }));
        all.put(
                Act.OUTBOX_SKIP,
                action(
                        new Words(
                                "outbox skip",
                                "the record that stopped it would become a dead letter, and later ones go on",
                                "its record is a dead letter now, and later ones go on",
                                "it is neither stopped nor held"),
                        item -> {
                            MessageKey key = new MessageKey(item);
                            return () -> operations.skip(key);
                        }));
        all.put(
                Act.OUTBOX_REPLAY,
                action(
                        new Words(
                                "outbox replay",
                                "would be appended again, as the newest message of its key",
                                "it was appended again",
                                "there is no such dead letter, or it was replayed before"),
                        item -> {
                            long number = number(item);
                            return () -> operations.replay(number).isPresent();
                        }));
        return all;
    }

    private static long number(String item) {
        if (!item.matches("[0-9]{1,18}")) {
            throw new IllegalArgumentException("an item is the number of a dead letter");
        }
        return Long.parseLong(item);
    }

    private Action action(Words words, Named named) {
        return (order, item) -> {
            Operation operation = named.of(item);
            if (order.dryRun()) {
                return new ItemResult(item, ItemResult.Result.WOULD, List.of(words.would()));
            }
            RelayAudit.Deed deed = new RelayAudit.Deed(
                    order.operator(), words.action(), "relay " + relay + ": " + item, order.reason());
            audit.intended(deed);
            boolean isDone = done(operation, deed);
            String result = isDone ? words.done() : words.nothing();
            return new ItemResult(
                    item, isDone ? ItemResult.Result.DONE : ItemResult.Result.NOTHING, List.of(kept(deed, result)));
        };
    }

    /** The result, which stands whether or not the audit log takes it: the intent is there. */
    private String kept(RelayAudit.Deed deed, String result) {
        try {
            audit.ended(deed, result);
            return result;
        } catch (IOException away) {
            return result + "; the audit log has only that it was intended: " + away.getMessage();
        }
    }

    private boolean done(Operation operation, RelayAudit.Deed deed) throws IOException {
        try {
            return operation.isDone();
        } catch (SQLException failed) {
            String result = "the database failed, look whether it was done: " + failed.getMessage();
            throw new IOException(kept(deed, result), failed);
        }
    }
}
