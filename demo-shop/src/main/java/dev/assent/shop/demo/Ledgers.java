package dev.assent.shop.demo;

import dev.assent.shop.demo.parts.ShopLayout;
import dev.assent.shop.page.Picture;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * What the shop's three databases hold, read again and again while everybody works, each by a thread of its own: one that is
 * frozen or dead keeps the others' news from nobody. Which orders are compared goes round by the first digit of their ids,
 * so that a look costs the same however many there are. Thread-safe.
 */
final class Ledgers implements AutoCloseable {
    private static final long LOOK_MILLIS = 500;
    private static final int SHOWN_MAX = 12;
    private static final int DIGITS = 16;
    private static final String PREPARED = "select p.gid, p.database,"
            + " (extract(epoch from clock_timestamp() - p.prepared) * 1000)::bigint,"
            + " (select count(*) from pg_locks w where not w.granted and w.transactionid = p.transaction)"
            + " from pg_prepared_xacts p order by p.prepared";

    private final ShopLayout layout;
    private final Answers answers;
    private final List<Desk> desks = new ArrayList<>();
    private final Map<String, Repeating> looks = new HashMap<>();
    private final AtomicInteger turn = new AtomicInteger();
    private volatile Orders orders =
            new Orders(List.of(), 0, 0, 0, 0, 0, List.of(), List.of(), new Slice<>(' ', Map.of()), List.of());
    private volatile Goods goods = new Goods(List.of(), List.of(), new Slice<>(' ', Map.of()));
    private volatile Money money = new Money(0, 0, List.of(), new Slice<>(' ', Map.of()), List.of());

    /** Of the orders whose ids begin with that digit. */
    record Slice<T>(char digit, Map<String, T> found) {}

    /**
     * The order service's.
     *
     * @param messages that wait in the outbox
     * @param waiting orders whose event has not come back, the oldest for {@code waitingMillis}
     * @param lost orders that wait although later ones do not
     * @param doubles events that took effect twice
     * @param missing orders that were confirmed and are not there; {@code untrue}: that were refused, and are
     * @param statuses by order
     */
    record Orders(
            List<Picture.Ordered> latest,
            long messages,
            long waiting,
            long waitingMillis,
            long lost,
            long doubles,
            List<String> missing,
            List<String> untrue,
            Slice<Integer> statuses,
            List<Picture.Prepared> prepared) {}

    /**
     * The inventory service's.
     *
     * @param wrong items of which pieces are neither on the shelf nor reserved
     * @param reserved pieces by order
     */
    record Goods(List<Picture.Shelf> shelves, List<String> wrong, Slice<Integer> reserved) {}

    /**
     * The payment service's.
     *
     * @param missingCents neither on an account nor paid
     * @param paid by order
     */
    record Money(
            long missingCents,
            long overdrawn,
            List<String> customers,
            Slice<Integer> paid,
            List<Picture.Prepared> prepared) {}

    Ledgers(ShopLayout layout, Answers answers) {
        this.layout = layout;
        this.answers = answers;
    }

    /** Begins to read one of them, which is there now. */
    synchronized void open(String service) {
        Desk desk = new Desk(layout.databaseUrl(service));
        desks.add(desk);
        Repeating.Look look =
                switch (service) {
                    case "order" -> () -> orders = orders(desk);
                    case "inventory" -> () -> goods = goods(desk);
                    default -> () -> money = money(desk);
                };
        looks.put(service, Repeating.begin("the database of " + service, LOOK_MILLIS, look));
    }

    Orders orders() {
        return orders;
    }

    Goods goods() {
        return goods;
    }

    Money money() {
        return money;
    }

    /** Everything that is prepared, the oldest first. */
    List<Picture.Prepared> prepared() {
        List<Picture.Prepared> all = new ArrayList<>(orders.prepared());
        all.addAll(money.prepared());
        all.sort((one, other) -> Long.compare(other.ageMillis(), one.ageMillis()));
        return all;
    }

    /** Why the database of that service is not known; empty if it is. */
    synchronized Optional<String> trouble(String service) {
        Repeating look = looks.get(service);
        return look == null ? Optional.of("the database of " + service + " is not up yet") : look.trouble();
    }

    /** What was read last has been compared: the next ones. */
    void turn() {
        turn.incrementAndGet();
    }

    private char digit() {
        return Character.forDigit(Math.floorMod(turn.get(), DIGITS), DIGITS);
    }

    private Orders orders(Desk desk) throws SQLException {
        char digit = digit();
        List<UUID> confirmed = answers.told(true);
        List<UUID> refused = answers.told(false);
        // First: what is in doubt now may be there when the orders are looked at, and not the other way round.
        List<Picture.Prepared> prepared = prepared(desk);
        List<Picture.Ordered> latest = desk.rows(OrderRows.LATEST, OrderRows::read, SHOWN_MAX);
        long messages = desk.number("select count(*) from assent_outbox");
        List<long[]> waiting = desk.rows(
                "select count(*), coalesce(extract(epoch from clock_timestamp() - min(created_at)) * 1000, 0)::bigint"
                        + " from goods_order where status = 0",
                row -> new long[] {row.getLong(1), row.getLong(2)});
        long lost = desk.number(OrderRows.LOST);
        long doubles = desk.number("select coalesce(sum(points - 1), 0) from loyalty_point where points > 1");
        Set<String> there = new HashSet<>(desk.rows(
                "select id::text from goods_order where id = any(?) and status not in (98, 99)",
                row -> row.getString(1),
                (Object) both(confirmed, refused)));
        Map<String, Integer> statuses = new HashMap<>();
        desk.rows(OrderRows.STATUSES, row -> statuses.put(row.getString(1), row.getInt(2)), String.valueOf(digit));
        return new Orders(
                latest,
                messages,
                waiting.get(0)[0],
                waiting.get(0)[1],
                lost,
                doubles,
                confirmed.stream()
                        .map(UUID::toString)
                        .filter(order -> !there.contains(order))
                        .toList(),
                refused.stream().map(UUID::toString).filter(there::contains).toList(),
                new Slice<>(digit, statuses),
                prepared);
    }

    private static UUID[] both(List<UUID> some, List<UUID> others) {
        List<UUID> all = new ArrayList<>(some);
        all.addAll(others);
        return all.toArray(UUID[]::new);
    }

    private Goods goods(Desk desk) throws SQLException {
        char digit = digit();
        List<Picture.Shelf> shelves = desk.rows(
                "select item, price_cents, available from stock order by price_cents, item",
                row -> new Picture.Shelf(row.getString(1), row.getLong(2), row.getLong(3)));
        List<String> wrong = desk.rows(
                "select s.item || ': ' || (s.initial - s.available) || ' left the shelf, ' || coalesce(r.pieces, 0)"
                        + " || ' are reserved' from stock s left join (" + OrderRows.RESERVED_PIECES
                        + ") r on r.item = s.item where s.available < 0"
                        + " or s.initial - s.available <> coalesce(r.pieces, 0)",
                row -> row.getString(1));
        return new Goods(shelves, wrong, slice(desk, digit, OrderRows.RESERVED));
    }

    private Money money(Desk desk) throws SQLException {
        char digit = digit();
        long missing = desk.number("select (select coalesce(sum(initial_cents), 0) from account)"
                + " - (select coalesce(sum(balance_cents), 0) from account) - (" + OrderRows.PAID_CENTS + ")");
        long overdrawn = desk.number("select count(*) from account where balance_cents < 0");
        List<String> customers = desk.rows("select customer from account", row -> row.getString(1)).stream()
                .sorted(ByNumber.ORDER)
                .toList();
        return new Money(missing, overdrawn, customers, slice(desk, digit, OrderRows.PAID), prepared(desk));
    }

    private static Slice<Integer> slice(Desk desk, char digit, String sql) throws SQLException {
        Map<String, Integer> found = new HashMap<>();
        desk.rows(sql, row -> found.put(row.getString(1), row.getInt(2)), String.valueOf(digit));
        return new Slice<>(digit, found);
    }

    private static List<Picture.Prepared> prepared(Desk desk) throws SQLException {
        return desk.rows(
                PREPARED,
                row -> new Picture.Prepared(row.getString(2), row.getString(1), row.getLong(3), row.getLong(4)));
    }

    /** The threads end by themselves with the process; what they read is gone before. */
    @Override
    public synchronized void close() {
        looks.values().forEach(Repeating::close);
    }
}
