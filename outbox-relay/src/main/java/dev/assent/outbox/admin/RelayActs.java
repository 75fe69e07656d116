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

    /** One of them. */
    private interface Operation {
        boolean isDone(String item) throws SQLException;
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
                        item -> operations.retry(new MessageKey(item))));
        all.put(
                Act.OUTBOX_SKIP,
                action(
                        new Words(
                                "outbox skip",
                                "the record that stopped it would become a dead letter, and later ones go on",
                                "its record is a dead letter now, and later ones go on",
                                "it is neither stopped nor held"),
                        item -> operations.skip(new MessageKey(item))));
        all.put(
                Act.OUTBOX_REPLAY,
                action(
                        new Words(
                                "outbox replay",
                                "would be appended again, as the newest message of its key",
                                "it was appended again",
                                "there is no such dead letter, or it was replayed before"),
                        item -> operations.replay(number(item)).isPresent()));
        return all;
    }

    private static long number(String item) {
        if (!item.matches("[0-9]{1,18}")) {
            throw new IllegalArgumentException("an item is the number of a dead letter");
        }
        return Long.parseLong(item);
    }

    private Action action(Words words, Operation operation) {
        return (order, item) -> {
            if (order.dryRun()) {
                return new ItemResult(item, ItemResult.Result.WOULD, List.of(words.would()));
            }
            RelayAudit.Deed deed = new RelayAudit.Deed(
                    order.operator(), words.action(), "relay " + relay + ": " + item, order.reason());
            audit.intended(deed);
            boolean isDone = done(operation, item, deed);
            String result = isDone ? words.done() : words.nothing();
            audit.ended(deed, result);
            return new ItemResult(item, isDone ? ItemResult.Result.DONE : ItemResult.Result.NOTHING, List.of(result));
        };
    }

    private boolean done(Operation operation, String item, RelayAudit.Deed deed) throws IOException {
        try {
            return operation.isDone(item);
        } catch (SQLException failed) {
            String result = "the database failed, look whether it was done: " + failed.getMessage();
            audit.ended(deed, result);
            throw new IOException(result, failed);
        }
    }
}
