package dev.assent.outbox.jdbc;

/**
 * The statements of one claimed shard {@code n}. Rows of shard {@code n} are to be sent; rows of shard {@code -1 - n} are
 * on the shelf: they wait behind their parked key. Only the shard's owner puts rows there, and frees keys.
 */
final class ShardSql {
    /** The guard of every change: a row while the epoch is ours, locked against a claim until the change is durable. */
    private static final String OWN =
            "WITH own AS MATERIALIZED (SELECT 1 FROM assent_outbox_shard WHERE shard = ? AND epoch = ? FOR SHARE)";

    /** Parameter: shard. */
    static final String EPOCH = "SELECT epoch FROM assent_outbox_shard WHERE shard = ?";

    private static final String COUNT_OWN = " SELECT count(*) FROM own";

    private static final String ROW = "o.seq, o.key, o.topic, o.id, o.source, o.type, o.subject, o.content_type,"
            + " o.traceparent, o.headers, o.created_at";

    /** Keys that are tried again travel alone, a few are enough for a read. */
    private static final int RETRIED_KEYS_MAX = 8;

    private static final int RESUMED_KEYS_MAX = 500;
    private static final int RESUMED_KEY_RECORDS_MAX = 100;

    /**
     * The head of the shard. Ordered by number, without a cursor: a row that commits late is found by the next read. Rows
     * of parked keys come without their contents, to be put on the shelf. Parameters: shard, most rows.
     */
    private static final String HEAD = "SELECT " + ROW
            + ", CASE WHEN k.key IS NULL THEN o.payload END AS payload, 0 AS failures, k.state AS behind,"
            + " false AS shelved FROM (SELECT * FROM assent_outbox WHERE shard = ? ORDER BY seq LIMIT ?) o"
            + " LEFT JOIN assent_outbox_parked k ON k.key = o.key";

    /** Keys whose wait is over. Parameters: shard, shard. */
    private static final String AWAKE = "(SELECT key, seq, failures, next_attempt_at, 1 AS records"
            + " FROM assent_outbox_parked WHERE shard = ? AND state = 'RETRYING' AND next_attempt_at <= now()"
            + " ORDER BY next_attempt_at LIMIT " + RETRIED_KEYS_MAX + ")"
            + " UNION ALL (SELECT key, seq, failures, next_attempt_at, " + RESUMED_KEY_RECORDS_MAX
            + " FROM assent_outbox_parked WHERE shard = ? AND state = 'RESUMING'"
            + " ORDER BY next_attempt_at LIMIT " + RESUMED_KEYS_MAX + ")";

    /**
     * The shelf of the keys whose wait is over; a key with nothing on it comes as a row without a number. Parameters:
     * shard, shard, shard of the shelf, most rows.
     */
    private static final String SHELF = "SELECT " + ROW.replace("o.key", "k.key")
            + ", o.payload, CASE WHEN o.seq = k.seq THEN k.failures ELSE 0 END AS failures, NULL AS behind,"
            + " true AS shelved FROM (" + AWAKE + ") k LEFT JOIN LATERAL (SELECT * FROM assent_outbox s"
            + "   WHERE s.shard = ? AND s.shard < 0 AND s.key = k.key ORDER BY s.seq LIMIT k.records) o ON true"
            + " ORDER BY k.next_attempt_at, k.key, o.seq LIMIT ?";

    /**
     * Head and shelf within the limits, joined to the shard's row so that an idle shard and a lost one differ. Each of the
     * two has a budget of its own, so that neither starves the other.
     */
    static final String DUE = "SELECT s.epoch, r.seq, r.created_at, r.failures, r.behind, r.shelved, "
            + RecordRows.COLUMNS + " FROM assent_outbox_shard s LEFT JOIN (SELECT * FROM ("
            + "   SELECT found.*, row_number() OVER w AS position,"
            + "     sum(coalesce(octet_length(found.payload), 0) + 512) OVER w AS running"
            + "   FROM ((" + HEAD + ") UNION ALL (" + SHELF + ")) found"
            + "   WINDOW w AS (PARTITION BY found.shelved ORDER BY found.seq)) sized"
            + " WHERE sized.running <= ? OR sized.position = 1 OR sized.seq IS NULL) r ON true"
            + " WHERE s.shard = ? ORDER BY r.seq";

    /** Parameters after the guard's: shard, numbers. */
    static final String SHELVE = OWN + ", shelved AS (UPDATE assent_outbox o SET shard = -1 - o.shard"
            + " FROM own, assent_outbox_parked p WHERE o.shard = ? AND o.seq = ANY (?) AND p.key = o.key)" + COUNT_OWN;

    /** Frees keys with nothing on their shelf. Parameters after the guard's: keys, shard of the shelf. */
    static final String FREE = OWN + ", freed AS (DELETE FROM assent_outbox_parked p USING own"
            + " WHERE p.key = ANY (?) AND p.state IN ('RETRYING', 'RESUMING') AND NOT EXISTS (SELECT 1 FROM assent_outbox h"
            + "   WHERE h.shard = ? AND h.shard < 0 AND h.key = p.key))" + COUNT_OWN;

    /** Parameters after the guard's: shard, numbers. */
    static final String ACKNOWLEDGE =
            OWN + ", gone AS (DELETE FROM assent_outbox o USING own WHERE o.shard = ? AND o.seq = ANY (?))" + COUNT_OWN;

    private static final String LEFT = "EXISTS (SELECT 1 FROM assent_outbox h"
            + " WHERE h.shard = ? AND h.shard < 0 AND h.key = d.key AND h.seq > d.seq)";

    /**
     * For batches with records from the shelf. Parameters after the guard's: keys and their last numbers, shards,
     * numbers, shard of the shelf twice.
     */
    static final String ACKNOWLEDGE_SHELVED = OWN
            + ", done AS (SELECT * FROM unnest(?::text[], ?::bigint[]) AS d(key, seq))"
            + ", gone AS (DELETE FROM assent_outbox o USING own WHERE o.shard = ANY (?) AND o.seq = ANY (?))"
            + ", freed AS (DELETE FROM assent_outbox_parked p USING own, done d WHERE p.key = d.key AND NOT " + LEFT
            + ")"
            + ", resumed AS (UPDATE assent_outbox_parked p SET state = 'RESUMING', failures = 0,"
            + "   next_attempt_at = now(), topic = NULL FROM own, done d WHERE p.key = d.key AND " + LEFT + ")"
            + COUNT_OWN;

    private static final String INTO_PARKED =
            "INSERT INTO assent_outbox_parked (key, shard, seq, failures, state, next_attempt_at, reason, topic)";

    private static final String OR_AGAIN = " ON CONFLICT (key) DO UPDATE SET seq = excluded.seq,"
            + " failures = excluded.failures, state = excluded.state, next_attempt_at = excluded.next_attempt_at,"
            + " reason = excluded.reason, topic = excluded.topic)";

    /**
     * Parameters after the guard's: shard, number, key, shard, number, failures, milliseconds to wait, reason.
     */
    static final String PARK = OWN
            + ", shelved AS (UPDATE assent_outbox o SET shard = -1 - o.shard FROM own WHERE o.shard = ? AND o.seq = ?)"
            + ", parked AS (" + INTO_PARKED
            + "   SELECT ?, ?, ?, ?, 'RETRYING', now() + ? * interval '1 millisecond', ?, NULL FROM own" + OR_AGAIN
            + COUNT_OWN;

    /** As {@link #PARK}, without the milliseconds. */
    static final String STOP =
            PARK.replace("'RETRYING', now() + ? * interval '1 millisecond'", "'STOPPED', 'infinity'");

    /** Parameters after the guard's: keys, numbers, topics, reasons, shard, shard. */
    static final String HOLD = OWN + ", held AS (SELECT * FROM"
            + "   unnest(?::text[], ?::bigint[], ?::text[], ?::text[]) AS h(key, seq, topic, reason))"
            + ", shelved AS (UPDATE assent_outbox o SET shard = -1 - o.shard FROM own, held h"
            + "   WHERE o.shard = ? AND o.seq = h.seq)"
            + ", parked AS (" + INTO_PARKED
            + "   SELECT h.key, ?, h.seq, 0, 'HELD', 'infinity', h.reason, h.topic FROM own, held h" + OR_AGAIN
            + COUNT_OWN;

    /**
     * From one topic to the next by the index, so that many keys of one topic cost no more than one. Only held keys name a
     * topic. Parameters: shard, topic, shard, most topics.
     */
    static final String HELD_TOPICS = "WITH RECURSIVE t(topic) AS ("
            + "(SELECT topic FROM assent_outbox_parked WHERE shard = ? AND topic IS NOT NULL AND topic > ?"
            + "   ORDER BY topic LIMIT 1)"
            + " UNION ALL SELECT (SELECT p.topic FROM assent_outbox_parked p"
            + "   WHERE p.shard = ? AND p.topic IS NOT NULL AND p.topic > t.topic ORDER BY p.topic LIMIT 1)"
            + "   FROM t WHERE t.topic IS NOT NULL)"
            + " SELECT topic FROM t WHERE topic IS NOT NULL LIMIT ?";

    /** Parameters: shard, most keys, shard, shard of the shelf, most records. */
    static final String HELD_COUNTS = "SELECT (SELECT count(*) FROM (SELECT 1 FROM assent_outbox_parked"
            + "   WHERE shard = ? AND topic IS NOT NULL LIMIT ?) k) AS keys,"
            + " (SELECT count(*) FROM (SELECT 1 FROM assent_outbox_parked p JOIN assent_outbox s ON s.key = p.key"
            + "   WHERE p.shard = ? AND p.topic IS NOT NULL AND s.shard = ? AND s.shard < 0 LIMIT ?) r) AS records";

    /** A key that is held and not being tried. */
    private static final String WAITS = "state = 'HELD' AND next_attempt_at = 'infinity'";

    /** Parameters after the guard's: shard, topic, most keys. */
    static final String RELEASE = OWN
            + ", chosen AS (SELECT key FROM assent_outbox_parked"
            + "   WHERE shard = ? AND topic = ? AND topic IS NOT NULL AND " + WAITS + " LIMIT ?)"
            + ", released AS (UPDATE assent_outbox_parked p SET state = 'RESUMING', next_attempt_at = now(), topic = NULL"
            + "   FROM own, chosen c WHERE p.key = c.key AND " + WAITS.replace("state", "p.state") + " RETURNING 1)"
            + " SELECT count(*) FROM released";

    private static final int TRIED_KEYS_MAX = 100;
    private static final int TRIED_KEY_RECORDS_MAX = 20;

    /** Parameters: shard, topic, shard of the shelf, most records, most bytes. */
    static final String TO_TRY = "SELECT r.seq, r.created_at, " + RecordRows.COLUMNS
            + " FROM (SELECT o.*, row_number() OVER w AS position,"
            + "   sum(octet_length(o.payload) + 512) OVER w AS running"
            + "   FROM (SELECT key FROM assent_outbox_parked"
            + "     WHERE shard = ? AND topic = ? AND topic IS NOT NULL AND " + WAITS
            + " ORDER BY parked_at, key LIMIT "
            + TRIED_KEYS_MAX + ") k CROSS JOIN LATERAL (SELECT * FROM assent_outbox s"
            + "     WHERE s.shard = ? AND s.shard < 0 AND s.key = k.key ORDER BY s.seq LIMIT " + TRIED_KEY_RECORDS_MAX
            + ") o WINDOW w AS (ORDER BY o.seq)) r"
            + " WHERE r.position <= ? AND (r.running <= ? OR r.position = 1) ORDER BY r.seq";

    /**
     * Keeps operators and releases from keys that are tried; tells whose first record is still the one that was read.
     * Parameters after the guard's: keys, numbers.
     */
    static final String TRY = OWN
            + ", wanted AS (SELECT * FROM unnest(?::text[], ?::bigint[]) AS w(key, seq))"
            + ", tried AS (UPDATE assent_outbox_parked p SET next_attempt_at = now() FROM own, wanted w"
            + "   WHERE p.key = w.key AND p.seq = w.seq AND " + WAITS.replace("state", "p.state")
            + "   RETURNING p.key)"
            + " SELECT true AS owned, t.key FROM own LEFT JOIN tried t ON true";

    /** What an earlier owner was trying waits as before. Parameters after the guard's: shard. */
    static final String TRY_NO_MORE = OWN
            + ", waits AS (UPDATE assent_outbox_parked p SET next_attempt_at = 'infinity' FROM own"
            + "   WHERE p.shard = ? AND p.state = 'HELD' AND p.next_attempt_at < 'infinity')" + COUNT_OWN;

    /** Parameters after the guard's: shards, number, failures, reason, key. */
    static final String DEAD_LETTER = OWN
            + ", dead AS (DELETE FROM assent_outbox o USING own WHERE o.shard = ANY (?) AND o.seq = ? RETURNING o.*)"
            + ", kept AS (INSERT INTO assent_outbox_dead_letter (seq, key, topic, id, source, type, subject,"
            + "   content_type, traceparent, headers, payload, created_at, failures, reason)"
            + "   SELECT seq, key, topic, id, source, type, subject, content_type, traceparent, headers, payload,"
            + "     created_at, ?, ? FROM dead)"
            + ", resumed AS (UPDATE assent_outbox_parked p SET state = 'RESUMING', failures = 0,"
            + "   next_attempt_at = now(), topic = NULL FROM own WHERE p.key = ?)"
            + COUNT_OWN;

    private ShardSql() {}
}
