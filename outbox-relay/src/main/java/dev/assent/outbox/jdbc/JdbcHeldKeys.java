package dev.assent.outbox.jdbc;

import dev.assent.outbox.model.MessageKey;
import dev.assent.outbox.model.OutboxRecord;
import dev.assent.outbox.model.ShardId;
import dev.assent.outbox.policy.BatchLimits;
import dev.assent.outbox.policy.Plan;
import dev.assent.outbox.spi.OutboxStore.Held;
import dev.assent.outbox.spi.OutboxStore.Ownership;
import dev.assent.outbox.spi.OutboxStore.ShardOutbox;
import java.io.IOException;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
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

/** The keys of a claimed shard that wait for topics which take no records, and trials of them. Used by one thread. */
final class JdbcHeldKeys {
    private final ShardStatements statements;
    private final int shard;
    private final int shelf;

    JdbcHeldKeys(ShardStatements statements, ShardId shard) {
        this.statements = statements;
        this.shard = shard.number();
        this.shelf = -1 - shard.number();
    }

    Ownership hold(List<Plan.Stopped> held) throws IOException {
        return statements.change("hold " + held.size() + " keys of", ShardSql.HOLD, guarded -> guarded.array(
                        "text",
                        held.stream().map(one -> one.record().key().value()).toList())
                .array("bigint", held.stream().map(one -> one.record().seq()).toList())
                .array(
                        "text",
                        held.stream().map(one -> one.record().message().topic()).toList())
                .array(
                        "text",
                        held.stream()
                                .map(one -> ShardStatements.bounded(one.reason()))
                                .toList())
                .number(shard)
                .number(shard));
    }

    SortedSet<String> topics(String after, int topicsMax) throws IOException {
        try (PreparedStatement select = statements.prepare(ShardSql.HELD_TOPICS)) {
            new Parameters(select).number(shard).text(after).number(shard).number(topicsMax);
            try (ResultSet rows = select.executeQuery()) {
                SortedSet<String> topics = new TreeSet<>();
                while (rows.next()) {
                    topics.add(rows.getString(1));
                }
                return topics;
            }
        } catch (SQLException e) {
            throw statements.failed("read the held topics of", e);
        }
    }

    Held count() throws IOException {
        try (PreparedStatement select = statements.prepare(ShardSql.HELD_COUNTS)) {
            new Parameters(select)
                    .number(shard)
                    .number(ShardOutbox.HELD_COUNT_MAX)
                    .number(shard)
                    .number(shelf)
                    .number(ShardOutbox.HELD_COUNT_MAX);
            try (ResultSet rows = select.executeQuery()) {
                rows.next();
                long keys = rows.getLong("keys");
                return new Held(
                        keys == 0 ? 0 : topics("", ShardOutbox.HELD_COUNT_MAX).size(), keys, rows.getLong("records"));
            }
        } catch (SQLException e) {
            throw statements.failed("count what is held of", e);
        }
    }

    Optional<List<OutboxRecord>> toTry(String topic, BatchLimits limits) throws IOException {
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
        try (PreparedStatement select = statements.prepare(ShardSql.TO_TRY)) {
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
                    OutboxRecord record = JdbcShardOutbox.record(rows, 0, true);
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
            throw statements.failed("read what waits for topic " + topic + " of", e);
        }
    }

    private Optional<Set<String>> mark(List<String> keys, List<Long> firsts) throws IOException {
        try (PreparedStatement change = statements.prepare(ShardSql.TRY)) {
            new Parameters(change)
                    .number(shard)
                    .number(statements.epoch())
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
            throw statements.failed("mark what is tried of", e);
        }
    }

    /** After a takeover: whatever an earlier owner was trying is tried no more. */
    Ownership tryNoMore() throws IOException {
        return statements.change("end trials of", ShardSql.TRY_NO_MORE, guarded -> guarded.number(shard));
    }

    int release(String topic, int keysMax) throws IOException {
        return (int) statements.count("release keys of", ShardSql.RELEASE, guarded -> guarded.number(shard)
                .text(topic)
                .number(keysMax));
    }
}
