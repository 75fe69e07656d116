package dev.assent.outbox.jdbc;

import dev.assent.outbox.model.Batch;
import dev.assent.outbox.model.MessageKey;
import dev.assent.outbox.model.OutboxRecord;
import dev.assent.outbox.model.ShardLease;
import dev.assent.outbox.policy.BatchLimits;
import dev.assent.outbox.policy.Plan;
import dev.assent.outbox.spi.OutboxStore.Held;
import dev.assent.outbox.spi.OutboxStore.Ownership;
import dev.assent.outbox.spi.OutboxStore.ShardOutbox;
import java.io.IOException;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * One claimed shard. Each statement is a transaction; one that changes something holds a share lock on the shard's row
 * while it does, and so cannot overlap with another owner's claim. Used by one thread.
 */
final class JdbcShardOutbox implements ShardOutbox {
    /** Reads that found only rows to be put on the shelf are repeated at once, this often. */
    private static final int ROUNDS_MAX = 20;
    /** A reason is shown to people; a broker's longest text is cut here. */
    private static final int REASON_LENGTH_MAX = 2000;

    private static final String RESUMING = "RESUMING";

    private final BoundedConnection connection;
    private final ShardLease lease;
    private final int shard;
    private final int shelf;

    JdbcShardOutbox(BoundedConnection connection, ShardLease lease) {
        this.connection = connection;
        this.lease = lease;
        this.shard = lease.shard().number();
        this.shelf = -1 - shard;
    }

    @Override
    public Ownership check() throws IOException {
        try (PreparedStatement select = connection.prepare(ShardSql.EPOCH)) {
            new Parameters(select).number(shard);
            try (ResultSet rows = select.executeQuery()) {
                return rows.next() && rows.getLong(1) == lease.epoch().number() ? Ownership.KEPT : Ownership.LOST;
            }
        } catch (SQLException e) {
            throw failed("ask for the epoch of", e);
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
        try (PreparedStatement select = connection.prepare(ShardSql.DUE)) {
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
            throw failed("read", e);
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

    private static OutboxRecord record(ResultSet row, int failures, boolean isShelved) throws SQLException {
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
            change("put on the shelf", ShardSql.SHELVE, guarded -> guarded.number(shard)
                    .array("bigint", shelved));
        }
        if (!found.bare.isEmpty()) {
            change("free keys of", ShardSql.FREE, guarded -> guarded.array("text", found.bare)
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
            return change(
                    what, ShardSql.ACKNOWLEDGE, guarded -> guarded.number(shard).array("bigint", batch.seqs()));
        }
        return change(
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
        return change(
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
                    guarded.text(bounded(reason));
                });
    }

    @Override
    public Ownership hold(List<Plan.Stopped> held) throws IOException {
        return change("hold " + held.size() + " keys of", ShardSql.HOLD, guarded -> guarded.array(
                        "text",
                        held.stream().map(one -> one.record().key().value()).toList())
                .array("bigint", held.stream().map(one -> one.record().seq()).toList())
                .array(
                        "text",
                        held.stream().map(one -> one.record().message().topic()).toList())
                .array("text", held.stream().map(one -> bounded(one.reason())).toList())
                .number(shard)
                .number(shard));
    }

    @Override
    public SortedSet<String> heldTopics(String after, int topicsMax) throws IOException {
        try (PreparedStatement select = connection.prepare(ShardSql.HELD_TOPICS)) {
            new Parameters(select).number(shard).text(after).number(shard).number(topicsMax);
            try (ResultSet rows = select.executeQuery()) {
                SortedSet<String> topics = new TreeSet<>();
                while (rows.next()) {
                    topics.add(rows.getString(1));
                }
                return topics;
            }
        } catch (SQLException e) {
            throw failed("read the held topics of", e);
        }
    }

    @Override
    public Held held() throws IOException {
        try (PreparedStatement select = connection.prepare(ShardSql.HELD_COUNTS)) {
            new Parameters(select)
                    .number(shard)
                    .number(HELD_COUNT_MAX)
                    .number(shard)
                    .number(shelf)
                    .number(HELD_COUNT_MAX);
            try (ResultSet rows = select.executeQuery()) {
                rows.next();
                long keys = rows.getLong("keys");
                return new Held(keys == 0 ? 0 : heldTopics("", HELD_COUNT_MAX).size(), keys, rows.getLong("records"));
            }
        } catch (SQLException e) {
            throw failed("count what is held of", e);
        }
    }

    @Override
    public Optional<List<OutboxRecord>> toTry(String topic, BatchLimits limits) throws IOException {
        Map<MessageKey, List<OutboxRecord>> byKey = waitingFor(topic, limits);
        if (byKey.isEmpty()) {
            return Optional.of(List.of());
        }
        List<String> keys = new ArrayList<>();
        List<Long> firsts = new ArrayList<>();
        byKey.forEach((key, records) -> {
            keys.add(key.value());
            firsts.add(records.get(0).seq());
        });
        Optional<Set<String>> tried = mark(keys, firsts);
        return tried.map(these -> byKey.values().stream()
                .flatMap(List::stream)
                .filter(record -> these.contains(record.key().value()))
                .sorted(Comparator.comparingLong(OutboxRecord::seq))
                .toList());
    }

    /** Of each key, what comes before its first record for another topic. */
    private Map<MessageKey, List<OutboxRecord>> waitingFor(String topic, BatchLimits limits) throws IOException {
        try (PreparedStatement select = connection.prepare(ShardSql.TO_TRY)) {
            new Parameters(select)
                    .number(shard)
                    .text(topic)
                    .number(shelf)
                    .number(limits.records())
                    .number(limits.bytes());
            Map<MessageKey, List<OutboxRecord>> byKey = new TreeMap<>();
            Set<String> elsewhere = new HashSet<>();
            try (ResultSet rows = select.executeQuery()) {
                while (rows.next()) {
                    OutboxRecord record = record(rows, 0, true);
                    if (!record.message().topic().equals(topic)) {
                        elsewhere.add(record.key().value());
                    }
                    if (!elsewhere.contains(record.key().value())) {
                        byKey.computeIfAbsent(record.key(), key -> new ArrayList<>())
                                .add(record);
                    }
                }
            }
            return byKey;
        } catch (SQLException e) {
            throw failed("read what waits for topic " + topic + " of", e);
        }
    }

    private Optional<Set<String>> mark(List<String> keys, List<Long> firsts) throws IOException {
        try (PreparedStatement change = connection.prepare(ShardSql.TRY)) {
            new Parameters(change)
                    .number(shard)
                    .number(lease.epoch().number())
                    .array("text", keys)
                    .array("bigint", firsts);
            Set<String> tried = new HashSet<>();
            boolean isOwned = false;
            try (ResultSet rows = change.executeQuery()) {
                while (rows.next()) {
                    isOwned = rows.getBoolean("owned");
                    Optional.ofNullable(rows.getString("key")).ifPresent(tried::add);
                }
            }
            return isOwned ? Optional.of(tried) : Optional.empty();
        } catch (SQLException e) {
            throw failed("mark what is tried of", e);
        }
    }

    /** After a takeover: whatever an earlier owner was trying is tried no more. */
    Ownership tryNoMore() throws IOException {
        return change("end trials of", ShardSql.TRY_NO_MORE, guarded -> guarded.number(shard));
    }

    @Override
    public int release(String topic, int keysMax) throws IOException {
        return (int) count("release keys of", ShardSql.RELEASE, guarded -> guarded.number(shard)
                .text(topic)
                .number(keysMax));
    }

    @Override
    public Ownership deadLetter(OutboxRecord refused, int failures, String reason) throws IOException {
        return change(
                "move record " + refused.seq() + " to the dead letters of",
                ShardSql.DEAD_LETTER,
                guarded -> guarded.array("integer", List.of(shard, shelf))
                        .number(refused.seq())
                        .number(failures)
                        .text(bounded(reason))
                        .text(refused.key().value()));
    }

    @Override
    public void close() throws IOException {
        try {
            connection.close();
        } catch (SQLException e) {
            throw failed("close the connection of", e);
        }
    }

    /** Sets the parameters of a statement behind those of its guard. */
    private interface Filling {
        void fill(Parameters guarded) throws SQLException;
    }

    private Ownership change(String what, String sql, Filling filling) throws IOException {
        return count(what, sql, filling) == 1 ? Ownership.KEPT : Ownership.LOST;
    }

    private long count(String what, String sql, Filling filling) throws IOException {
        try (PreparedStatement change = connection.prepare(sql)) {
            filling.fill(
                    new Parameters(change).number(shard).number(lease.epoch().number()));
            try (ResultSet rows = change.executeQuery()) {
                rows.next();
                return rows.getLong(1);
            }
        } catch (SQLException e) {
            throw failed(what, e);
        }
    }

    private static String bounded(String reason) {
        String text = reason.replace('\0', ' ');
        return text.length() <= REASON_LENGTH_MAX ? text : text.substring(0, REASON_LENGTH_MAX);
    }

    private IOException failed(String what, SQLException cause) {
        return new IOException("cannot " + what + " " + lease + ": " + cause.getMessage(), cause);
    }
}
