package dev.assent.outbox.jdbc;

import dev.assent.outbox.model.Batch;
import dev.assent.outbox.model.OutboxRecord;
import dev.assent.outbox.model.ShardLease;
import dev.assent.outbox.policy.BatchLimits;
import dev.assent.outbox.policy.Plan;
import dev.assent.outbox.spi.OutboxStore.Held;
import dev.assent.outbox.spi.OutboxStore.Ownership;
import dev.assent.outbox.spi.OutboxStore.ShardOutbox;
import dev.assent.outbox.spi.OwnershipCheck;
import java.io.IOException;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * One claimed shard. Each statement is a transaction; one that changes something holds a share lock on the shard's row
 * while it does, and so cannot overlap with another owner's claim. Used by one thread.
 */
final class JdbcShardOutbox implements ShardOutbox {
    /** Reads that found only rows to be put on the shelf are repeated at once, this often. */
    private static final int ROUNDS_MAX = 20;

    private static final String RESUMING = "RESUMING";

    private final ShardStatements statements;
    private final JdbcHeldKeys heldKeys;
    private final ShardLease lease;
    private final int shard;
    private final int shelf;

    JdbcShardOutbox(BoundedConnection connection, ShardLease lease) {
        this.statements = new ShardStatements(connection, lease);
        this.heldKeys = new JdbcHeldKeys(statements, lease.shard());
        this.lease = lease;
        this.shard = lease.shard().number();
        this.shelf = -1 - shard;
    }

    @Override
    public Ownership check() throws IOException {
        try {
            return statements.within(OwnershipCheck.ANSWER_MAX, this::ownership);
        } catch (SQLException e) {
            throw statements.failed("ask for the epoch of", e);
        }
    }

    private Ownership ownership() throws SQLException {
        try (PreparedStatement select = statements.prepare(ShardSql.EPOCH)) {
            new Parameters(select).number(shard);
            try (ResultSet rows = select.executeQuery()) {
                return rows.next() && rows.getLong(1) == lease.epoch().number() ? Ownership.KEPT : Ownership.LOST;
            }
        }
    }

    /** One read of head and shelf. */
    private static final class Found {
        private boolean owned;
        private int head;
        private final List<OutboxRecord> due = new ArrayList<>();
        /** Rows of the head that wait behind parked keys. */
        private final List<Long> behind = new ArrayList<>();
        /** Those of keys that are just going on, and so soon are behind nothing. */
        private final List<Long> behindResuming = new ArrayList<>();
        /** Parked keys that nothing waits for. */
        private final List<String> bare = new ArrayList<>();
    }

    @Override
    public Optional<List<OutboxRecord>> due(BatchLimits limits) throws IOException {
        for (int round = 1; ; round++) {
            Found found = find(limits);
            if (!found.owned) {
                return Optional.empty();
            }
            boolean isTidied = tidy(found, limits);
            if (!isTidied || !found.due.isEmpty() || round == ROUNDS_MAX) {
                return Optional.of(found.due);
            }
        }
    }

    private Found find(BatchLimits limits) throws IOException {
        try (PreparedStatement select = statements.prepare(ShardSql.DUE)) {
            new Parameters(select)
                    .number(shard)
                    .number(limits.records())
                    .number(shard)
                    .number(shard)
                    .number(shelf)
                    .number(limits.records())
                    .number(limits.bytes())
                    .number(shard);
            try (ResultSet rows = select.executeQuery()) {
                return read(rows);
            }
        } catch (SQLException e) {
            throw statements.failed("read", e);
        }
    }

    private Found read(ResultSet rows) throws SQLException {
        Found found = new Found();
        while (rows.next()) {
            found.owned = rows.getLong("epoch") == lease.epoch().number();
            long seq = rows.getLong("seq");
            boolean hasRecord = !rows.wasNull();
            boolean isShelved = rows.getBoolean("shelved");
            @Nullable String behind = rows.getString("behind");
            found.head += hasRecord && !isShelved ? 1 : 0;
            if (!hasRecord) {
                Optional.ofNullable(rows.getString("key")).ifPresent(found.bare::add);
            } else if (behind != null) {
                (behind.equals(RESUMING) ? found.behindResuming : found.behind).add(seq);
            } else {
                found.due.add(record(rows, rows.getInt("failures"), isShelved));
            }
        }
        return found;
    }

    static OutboxRecord record(ResultSet row, int failures, boolean isShelved) throws SQLException {
        return new OutboxRecord(
                row.getLong("seq"),
                row.getTimestamp("created_at").toInstant(),
                failures,
                isShelved,
                RecordRows.message(row));
    }

    /** Puts out of the way what is behind parked keys, and frees keys that nothing waits for. */
    private boolean tidy(Found found, BatchLimits limits) throws IOException {
        List<Long> shelved = new ArrayList<>(found.behind);
        if (found.head == limits.records()) {
            shelved.addAll(found.behindResuming);
        }
        if (!shelved.isEmpty()) {
            statements.change("put on the shelf", ShardSql.SHELVE, guarded -> guarded.number(shard)
                    .array("bigint", shelved));
        }
        if (!found.bare.isEmpty()) {
            statements.change("free keys of", ShardSql.FREE, guarded -> guarded.array("text", found.bare)
                    .number(shelf));
        }
        return !shelved.isEmpty() || !found.bare.isEmpty();
    }

    @Override
    public Ownership acknowledge(Batch batch) throws IOException {
        Map<String, Long> shelved = new TreeMap<>();
        batch.records().stream()
                .filter(OutboxRecord::shelved)
                .forEach(record -> shelved.put(record.key().value(), record.seq()));
        String what = "acknowledge " + batch.size() + " records of";
        if (shelved.isEmpty()) {
            return statements.change(
                    what, ShardSql.ACKNOWLEDGE, guarded -> guarded.number(shard).array("bigint", batch.seqs()));
        }
        return statements.change(
                what, ShardSql.ACKNOWLEDGE_SHELVED, guarded -> guarded.array("text", List.copyOf(shelved.keySet()))
                        .array("bigint", List.copyOf(shelved.values()))
                        .array("integer", List.of(shard, shelf))
                        .array("bigint", batch.seqs())
                        .number(shelf)
                        .number(shelf));
    }

    @Override
    public Ownership park(OutboxRecord refused, int failures, Optional<Duration> wait, String reason)
            throws IOException {
        return statements.change(
                "park key " + refused.key() + " of", wait.isPresent() ? ShardSql.PARK : ShardSql.STOP, guarded -> {
                    guarded.number(shard)
                            .number(refused.seq())
                            .text(refused.key().value())
                            .number(shard)
                            .number(refused.seq())
                            .number(failures);
                    if (wait.isPresent()) {
                        guarded.number(wait.get().toMillis());
                    }
                    guarded.text(ShardStatements.bounded(reason));
                });
    }

    @Override
    public Ownership hold(List<Plan.Stopped> held) throws IOException {
        return heldKeys.hold(held);
    }

    @Override
    public SortedSet<String> heldTopics(String after, int topicsMax) throws IOException {
        return heldKeys.topics(after, topicsMax);
    }

    @Override
    public Held held() throws IOException {
        return heldKeys.count();
    }

    @Override
    public int release(String topic, int keysMax) throws IOException {
        return heldKeys.release(topic, keysMax);
    }

    @Override
    public Optional<List<OutboxRecord>> toTry(String topic, BatchLimits limits) throws IOException {
        return heldKeys.toTry(topic, limits);
    }

    /** After a takeover: whatever an earlier owner was trying is tried no more. */
    Ownership tryNoMore() throws IOException {
        return heldKeys.tryNoMore();
    }

    @Override
    public Ownership deadLetter(OutboxRecord refused, int failures, String reason) throws IOException {
        return statements.change(
                "move record " + refused.seq() + " to the dead letters of",
                ShardSql.DEAD_LETTER,
                guarded -> guarded.array("integer", List.of(shard, shelf))
                        .number(refused.seq())
                        .number(failures)
                        .text(ShardStatements.bounded(reason))
                        .text(refused.key().value()));
    }

    @Override
    public void close() throws IOException {
        try {
            statements.close();
        } catch (SQLException e) {
            throw statements.failed("close the connection of", e);
        }
    }
}
