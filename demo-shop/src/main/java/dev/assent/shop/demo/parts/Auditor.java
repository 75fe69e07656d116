package dev.assent.shop.demo.parts;

import dev.assent.shop.order.OrderStatus;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.function.UnaryOperator;

/** Judges the shop by its databases alone; it asks no service and no coordinator. */
public final class Auditor {
    private static final String PAID = "select id::text from goods_order where status = 100";
    private static final String SHIPPED = "select order_id::text from shipment where status = 10";

    private final String orderUrl;
    private final String inventoryUrl;
    private final String paymentUrl;
    private final String shippingUrl;

    /** {@code urls}: of the database of each service. */
    public Auditor(UnaryOperator<String> urls) {
        this.orderUrl = urls.apply("order");
        this.inventoryUrl = urls.apply("inventory");
        this.paymentUrl = urls.apply("payment");
        this.shippingUrl = urls.apply("shipping");
    }

    /** Branches that are prepared in any of the servers, whoever's they are. */
    public long inDoubt() throws SQLException {
        // The view is server-wide: one look at each of the two servers.
        return number(orderUrl, "select count(*) from pg_prepared_xacts")
                + number(inventoryUrl, "select count(*) from pg_prepared_xacts");
    }

    /** Orders, messages, tries and shipments that are still on their way. */
    public long underWay() throws SQLException {
        long messages = 0;
        for (String url : List.of(orderUrl, inventoryUrl, paymentUrl)) {
            messages += number(url, "select count(*) from assent_outbox");
        }
        Set<String> unshipped = ids(orderUrl, PAID);
        unshipped.removeAll(ids(shippingUrl, SHIPPED));
        return messages
                + unshipped.size()
                + number(orderUrl, "select count(*) from goods_order where status = 0")
                + number(inventoryUrl, "select count(*) from reservation where state = 'held'")
                + number(paymentUrl, "select count(*) from payment where state = 'held'");
    }

    /** Branches of one transaction that are prepared; {@code gidPrefix} is what all their names begin with. */
    public long preparedOf(String gidPrefix) throws SQLException {
        String sql = "select count(*) from pg_prepared_xacts where starts_with(gid, '" + gidPrefix + "')";
        return number(orderUrl, sql) + number(inventoryUrl, sql);
    }

    /** Checkouts that are in the order service's database as paid, or on their way to it. */
    public long paid() throws SQLException {
        return number(orderUrl, "select count(*) from goods_order where status not in (98, 99)");
    }

    /** Whether that checkout committed, for customers that got no answer. */
    public boolean hasCommitted(UUID orderId) throws SQLException {
        try (Connection connection = DriverManager.getConnection(orderUrl);
                PreparedStatement select = connection.prepareStatement(
                        "select 1 from goods_order where id = ? and status not in (98, 99)")) {
            select.setObject(1, orderId);
            try (ResultSet row = select.executeQuery()) {
                return row.next();
            }
        }
    }

    /** Where every order stands. */
    public Map<UUID, OrderStatus> statuses() throws SQLException {
        Map<UUID, OrderStatus> statuses = new HashMap<>();
        sums(orderUrl, "select id::text, status from goods_order")
                .forEach((id, code) -> statuses.put(UUID.fromString(id), OrderStatus.of(Math.toIntExact(code))));
        return statuses;
    }

    public AuditResult audit() throws SQLException {
        List<String> violations = new ArrayList<>();
        money(violations);
        stock(violations);
        Set<String> paid = ids(orderUrl, PAID);
        orders(paid, violations);
        long lost = number(
                orderUrl,
                "select count(*) from goods_order o where o.status not in (98, 99)"
                        + " and not exists (select 1 from loyalty_point p where p.order_id = o.id)");
        long duplicates = number(orderUrl, "select coalesce(sum(points - 1), 0) from loyalty_point where points > 1");
        return new AuditResult(paid.size(), inDoubt(), duplicates, lost, violations);
    }

    private void money(List<String> violations) throws SQLException {
        long missing = number(
                paymentUrl,
                "select (select coalesce(sum(initial_cents), 0) from account)"
                        + " - (select coalesce(sum(balance_cents), 0) from account)"
                        + " - (select coalesce(sum(amount_cents), 0) from payment where state in ('paid', 'held'))");
        expect(missing == 0, "money: " + missing + " cents are neither on an account nor paid", violations);
        long overdrawn = number(paymentUrl, "select count(*) from account where balance_cents < 0");
        expect(overdrawn == 0, "money: " + overdrawn + " accounts are overdrawn", violations);
    }

    private void stock(List<String> violations) throws SQLException {
        long negative = number(inventoryUrl, "select count(*) from stock where available < 0");
        expect(negative == 0, "stock: " + negative + " items are negative", violations);
        Map<String, Long> left = sums(inventoryUrl, "select item, initial - available from stock");
        Map<String, Long> sold =
                sums(orderUrl, "select item, sum(quantity) from goods_order where status = 100 group by item");
        left.forEach((item, gone) -> {
            long bought = sold.getOrDefault(item, 0L);
            expect(
                    gone == bought,
                    "stock: " + gone + " of " + item + " left the shelf, " + bought + " were paid",
                    violations);
        });
    }

    private void orders(Set<String> paid, List<String> violations) throws SQLException {
        long between = number(orderUrl, "select count(*) from goods_order where status = 0");
        expect(between == 0, "orders: " + between + " are neither paid nor failed", violations);
        same("payment", paid, ids(paymentUrl, "select order_id::text from payment where state = 'paid'"), violations);
        same(
                "reservation",
                paid,
                ids(inventoryUrl, "select order_id::text from reservation where state = 'reserved'"),
                violations);
        same("shipment", paid, ids(shippingUrl, SHIPPED), violations);
    }

    private static void same(String what, Set<String> paid, Set<String> found, List<String> violations) {
        Set<String> without = new HashSet<>(paid);
        without.removeAll(found);
        expect(without.isEmpty(), "orders: paid without a " + what + ": " + without, violations);
        Set<String> orphans = new HashSet<>(found);
        orphans.removeAll(paid);
        expect(orphans.isEmpty(), "orders: a " + what + " without a paid order: " + orphans, violations);
    }

    private static void expect(boolean holds, String violation, List<String> violations) {
        if (!holds) {
            violations.add(violation);
        }
    }

    private static long number(String url, String sql) throws SQLException {
        try (Connection connection = DriverManager.getConnection(url);
                PreparedStatement select = connection.prepareStatement(sql);
                ResultSet row = select.executeQuery()) {
            row.next();
            return row.getLong(1);
        }
    }

    private static Set<String> ids(String url, String sql) throws SQLException {
        Set<String> ids = new HashSet<>();
        try (Connection connection = DriverManager.getConnection(url);
                PreparedStatement select = connection.prepareStatement(sql);
                ResultSet rows = select.executeQuery()) {
            while (rows.next()) {
                ids.add(rows.getString(1));
            }
        }
        return ids;
    }

    private static Map<String, Long> sums(String url, String sql) throws SQLException {
        Map<String, Long> sums = new HashMap<>();
        try (Connection connection = DriverManager.getConnection(url);
                PreparedStatement select = connection.prepareStatement(sql);
                ResultSet rows = select.executeQuery()) {
            while (rows.next()) {
                sums.put(rows.getString(1), rows.getLong(2));
            }
        }
        return sums;
    }
}
