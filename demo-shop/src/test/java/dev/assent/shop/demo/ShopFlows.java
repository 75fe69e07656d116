package dev.assent.shop.demo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.assent.security.PeerRule;
import dev.assent.security.Role;
import dev.assent.security.Security;
import dev.assent.security.TlsFiles;
import dev.assent.shop.platform.Pauses;
import dev.assent.tx.testing.Eventually;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.common.errors.TimeoutException;
import org.postgresql.PGConnection;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Every flow of a shop that runs, and what its databases hold afterwards. */
final class ShopFlows {
    private static final Duration PATIENCE = Duration.ofMinutes(3);
    private static final long LOOK_MILLIS = 50;
    private static final String RICH = "customer-1";
    private static final String PATIENT = "customer-of-the-refund";
    private static final String ITEM = "item-of-the-flows";
    private static final List<String> FLOWS =
            List.of("strong", "three-phase", "commit-point", "tcc", "saga", "eventual");
    private static final int PIECES = 1_000;
    private static final int PRICE_CENTS = 150;

    private final JsonMapper json = JsonMapper.shared();
    private final HttpClient http;
    private final String orders;
    private final String postgres1;
    private final String postgres2;
    /** What a URL has that shows the run's. */
    private final String certificate;

    private final String kafka;

    private record Answer(int status, JsonNode body) {
        UUID order() {
            return UUID.fromString(body.path("order").asString());
        }
    }

    /** {@code said}: by the demo, when it opened. */
    ShopFlows(Path directory, String said) throws Exception {
        Path certificates = directory.resolve("certificates");
        TlsFiles files = new TlsFiles(
                certificates.resolve("run.pem"), certificates.resolve("run.key"), certificates.resolve("ca.pem"));
        try (Security security = Security.once(files)) {
            http = HttpClient.newBuilder()
                    .sslContext(security.context(PeerRule.anyOf(Role.AGENT)))
                    .build();
        }
        orders = found(said, "(https://127.0.0.1:\\d+)/checkouts");
        postgres1 = found(said, "(jdbc:postgresql://127.0.0.1:\\d+/)order");
        postgres2 = found(said, "(jdbc:postgresql://127.0.0.1:\\d+/)inventory");
        certificate = found(said, "jdbc:postgresql://127.0.0.1:\\d+/order\\?user=postgres(&\\S+)");
        kafka = found(said, "Kafka +(127.0.0.1:\\d+)");
    }

    private static String found(String said, String pattern) {
        Matcher matcher = Pattern.compile(pattern).matcher(said);
        assertThat(matcher.find()).as("%s in %s", pattern, said).isTrue();
        return matcher.group(1);
    }

    void all() throws Exception {
        nobodyIsLetInWithoutACertificate();
        try (Connection inventory = DriverManager.getConnection(url("inventory"))) {
            change(
                    inventory,
                    "insert into stock (item, price_cents, initial, available) values (?, ?, ?, ?)",
                    ITEM,
                    PRICE_CENTS,
                    PIECES,
                    PIECES);
            Map<String, UUID> paid = new TreeMap<>();
            for (String flow : FLOWS) {
                paid.put(flow, paysOnceForTwoClicks(flow));
                leavesNothingWithoutMoney(flow);
            }
            isNeverPaidOnceItFailed();
            for (Map.Entry<String, UUID> order : paid.entrySet()) {
                await(order.getValue(), "paid");
                holds(order.getKey(), order.getValue(), "paid", "reserved", 10);
            }
            for (String flow : List.of("eventual", "saga")) {
                isRefundedOnce(Optional.ofNullable(paid.get(flow)).orElseThrow());
            }
            isRefundedInTheOrderOfCheckouts(inventory);
            isCancelled(inventory, false);
            isCancelled(inventory, true);
            assertThat(number(inventory, "select initial - available from stock where item = ?", ITEM))
                    .as("pieces gone: two of each order that is still paid")
                    .isEqualTo(2L * (paid.size() - 2));
        }
    }

    private UUID paysOnceForTwoClicks(String flow) throws Exception {
        String token = "click-" + flow;

        Answer first = checkout(flow, RICH, 2, token);
        Answer second = checkout(flow, RICH, 2, token);
        Answer other = checkout(flow, RICH, 3, token);

        assertThat(first.status()).as("%s: %s", flow, first).isEqualTo(201);
        assertThat(first.body().path("outcome").asString()).isEqualTo("committed");
        assertThat(second.status()).as("%s: %s", flow, second).isEqualTo(200);
        assertThat(second.order()).isEqualTo(first.order());
        assertThat(second.body().path("repeated").asBoolean()).isTrue();
        assertThat(other.status()).as("%s: %s", flow, other).isEqualTo(422);
        assertThat(other.body().path("remedy").asString()).contains("a new token");
        return first.order();
    }

    private void leavesNothingWithoutMoney(String flow) throws Exception {
        Answer poor = checkout(flow, "customer-broke", 2, "");

        if (flow.equals("eventual")) {
            assertThat(poor.status()).isEqualTo(201);
            await(poor.order(), "payment-failed");
            awaitState("inventory", "select state from reservation where order_id = ?", poor.order(), "released");
            assertThat(text("payment", "select state from payment where order_id = ?", poor.order()))
                    .isEqualTo("failed");
        } else {
            assertThat(poor.status()).as("%s: %s", flow, poor).isEqualTo(409);
            assertThat(poor.body().path("outcome").asString()).isEqualTo("rolledBack");
            assertThat(poor.body().path("cause").asString()).contains("customer-broke cannot pay");
            assertThat(poor.body().path("remedy").asString()).isNotEmpty();
            awaitState(
                    "inventory",
                    "select coalesce(max(state), 'released') from reservation where order_id = ?",
                    poor.order(),
                    "released");
            await(poor.order(), "payment-failed");
        }
        assertThat(number(
                        "payment",
                        "select coalesce(sum(amount_cents), 0) from payment where order_id = ?"
                                + " and state in ('paid', 'held')",
                        poor.order()))
                .isZero();
        assertThat(text("order", "select reason from goods_order where id = ?", poor.order()))
                .as(flow)
                .contains("customer-broke cannot pay");
    }

    /** An order that came to nothing, ordered again by the same id, in whichever flow. */
    private void isNeverPaidOnceItFailed() throws Exception {
        UUID failed = checkout("strong", "customer-broke", 2, "").order();
        await(failed, "payment-failed");

        for (String flow : FLOWS) {
            Answer again = post(
                    "/checkouts",
                    json.writeValueAsString(
                            Map.of("orderId", failed, "customer", RICH, "item", ITEM, "quantity", 2, "flow", flow)));
            assertThat(again.status()).as("%s: %s", flow, again).isGreaterThanOrEqualTo(400);
            assertThat(again.body().path("outcome").asString()).as(flow).isEqualTo("rolledBack");
        }
        awaitState(
                "payment",
                "select count(*)::text from payment where order_id = ? and state in ('paid', 'held')",
                failed,
                "0");
        await(failed, "payment-failed");
    }

    private void holds(String flow, UUID order, String payment, String reservation, int shipment) throws Exception {
        awaitState("payment", "select state from payment where order_id = ?", order, payment);
        awaitState("inventory", "select state from reservation where order_id = ?", order, reservation);
        awaitState("shipping", "select status::text from shipment where order_id = ?", order, "" + shipment);
        assertThat(number("payment", "select amount_cents from payment where order_id = ?", order))
                .as(flow)
                .isEqualTo(2L * PRICE_CENTS);
        assertThat(number("order", "select points from loyalty_point where order_id = ?", order))
                .as(flow)
                .isEqualTo(1);
    }

    private void isRefundedOnce(UUID order) throws Exception {
        Answer first = post("/orders/" + order + "/refund", "");
        Answer second = post("/orders/" + order + "/refund", "");
        Answer cancel = post("/orders/" + order + "/cancel", "");

        assertThat(first.status()).as("%s", first).isEqualTo(201);
        assertThat(first.body().path("status").asString()).isEqualTo("refunded");
        assertThat(second.status()).as("%s", second).isEqualTo(200);
        assertThat(cancel.status()).as("%s", cancel).isEqualTo(409);
        await(order, "refunded");
        holds("refund", order, "refunded", "returned", 20);
    }

    /** Whoever refunds has no account locked while it waits for the shelf: checkouts wait in that order, too. */
    private void isRefundedInTheOrderOfCheckouts(Connection inventory) throws Exception {
        CompletableFuture<Answer> refund;
        UUID order;
        try (Connection payment = DriverManager.getConnection(url("payment"))) {
            change(
                    payment,
                    "insert into account (customer, initial_cents, balance_cents) values (?, ?, ?)",
                    PATIENT,
                    PIECES * PRICE_CENTS,
                    PIECES * PRICE_CENTS);
            order = checkout("strong", PATIENT, 1, "").order();
            await(order, "paid");
            awaitState("payment", "select state from payment where order_id = ?", order, "paid"); // this branch, too
            inventory.setAutoCommit(false);
            payment.setAutoCommit(false);
            assertThat(number(inventory, "select available from stock where item = ? for update", ITEM))
                    .isPositive();
            refund = CompletableFuture.supplyAsync(() -> refund(order), task -> new Thread(task, "refund").start());
            Eventually.soon("the refund waits for the shelf", () -> isAwaited(inventory));

            assertThat(number(
                            payment, "select balance_cents from account where customer = ? for update nowait", PATIENT))
                    .isPositive();
            payment.rollback();
        } finally {
            inventory.rollback();
            inventory.setAutoCommit(true);
        }
        assertThat(refund.get(PATIENCE.toSeconds(), TimeUnit.SECONDS).status()).isEqualTo(201);
        await(order, "refunded");
    }

    private Answer refund(UUID order) {
        try {
            return post("/orders/" + order + "/refund", "");
        } catch (Exception failed) {
            throw new IllegalStateException(failed);
        }
    }

    private static boolean isAwaited(Connection holder) {
        try {
            return number(
                            holder,
                            "select count(*) from pg_locks where not granted and ? = any(pg_blocking_pids(pid))",
                            pid(holder))
                    > 0;
        } catch (Exception failed) {
            throw new IllegalStateException(failed);
        }
    }

    private static int pid(Connection connection) throws SQLException {
        return connection.unwrap(PGConnection.class).getBackendPID();
    }

    /** By hand, or because its time is over, while inventory cannot get at the shelf. */
    private void isCancelled(Connection inventory, boolean overdue) throws Exception {
        inventory.setAutoCommit(false);
        UUID order;
        try {
            assertThat(number(inventory, "select available from stock where item = ? for update", ITEM))
                    .isPositive();
            order = checkout("eventual", RICH, 1, "").order();
            if (overdue) {
                try (Connection orderDatabase = DriverManager.getConnection(url("order"))) {
                    change(
                            orderDatabase,
                            "update goods_order set created_at = created_at - interval '1 day' where id = ?",
                            order);
                }
            } else {
                Answer cancelled = post("/orders/" + order + "/cancel", "");
                assertThat(cancelled.status()).as("%s", cancelled).isEqualTo(201);
            }
            await(order, "cancelled");
        } finally {
            inventory.rollback();
            inventory.setAutoCommit(true);
        }
        awaitState("inventory", "select state from reservation where order_id = ?", order, "released");
        awaitState(
                "payment",
                "select case state when 'paid' then state else 'none' end from payment" + " where order_id = ?",
                order,
                "none");
        awaitState("shipping", "select status::text from shipment where order_id = ?", order, "20");
        assertThat(text("order", "select reason from goods_order where id = ?", order))
                .contains(overdue ? "not paid within" : "by the customer");
    }

    private Answer checkout(String flow, String customer, int quantity, String token) throws Exception {
        return post(
                "/checkouts",
                json.writeValueAsString(Map.of(
                        "customer", customer, "item", ITEM, "quantity", quantity, "flow", flow, "token", token)));
    }

    private Answer post(String path, String body) throws Exception {
        return send(HttpRequest.newBuilder(URI.create(orders + path))
                .header("content-type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString(body)));
    }

    private Answer send(HttpRequest.Builder request) throws Exception {
        HttpResponse<String> response =
                http.send(request.timeout(PATIENCE).build(), HttpResponse.BodyHandlers.ofString());
        return new Answer(response.statusCode(), json.readTree(response.body()));
    }

    private void await(UUID order, String status) throws Exception {
        String seen = "";
        long giveUpNanos = System.nanoTime() + PATIENCE.toNanos();
        while (!seen.equals(status) && System.nanoTime() - giveUpNanos < 0) {
            Answer answer = send(HttpRequest.newBuilder(URI.create(orders + "/orders/" + order))
                    .GET());
            seen = answer.body().path("status").asString("");
            if (!seen.equals(status)) {
                Pauses.pause(LOOK_MILLIS);
            }
        }
        assertThat(seen).as("order %s", order).isEqualTo(status);
    }

    private void awaitState(String database, String sql, UUID order, String state) throws Exception {
        String seen = "";
        long giveUpNanos = System.nanoTime() + PATIENCE.toNanos();
        while (!seen.equals(state) && System.nanoTime() - giveUpNanos < 0) {
            seen = text(database, sql, order);
            if (!seen.equals(state)) {
                Pauses.pause(LOOK_MILLIS);
            }
        }
        assertThat(seen).as("%s of %s", sql, order).isEqualTo(state);
    }

    private void nobodyIsLetInWithoutACertificate() {
        for (String server : List.of(postgres1 + "order", postgres2 + "inventory")) {
            assertThatThrownBy(() -> DriverManager.getConnection(server + "?user=postgres&sslmode=disable"))
                    .as("in plain text")
                    .hasMessageContaining("no encryption");
            assertThatThrownBy(() -> DriverManager.getConnection(server + "?user=postgres&sslmode=require"))
                    .as("without a certificate")
                    .hasMessageContaining("requires a valid client certificate");
        }
        try (Admin plain = Admin.create(
                Map.of("bootstrap.servers", kafka, "default.api.timeout.ms", "3000", "request.timeout.ms", "2000"))) {
            assertThatThrownBy(() -> plain.describeCluster().nodes().get())
                    .as("Kafka in plain text")
                    .hasCauseInstanceOf(TimeoutException.class);
        }
    }

    private String url(String database) {
        return (database.equals("order") ? postgres1 : postgres2) + database + "?user=postgres" + certificate;
    }

    private String text(String database, String sql, Object parameter) throws Exception {
        try (Connection connection = DriverManager.getConnection(url(database));
                PreparedStatement select = connection.prepareStatement(sql)) {
            select.setObject(1, parameter);
            try (ResultSet row = select.executeQuery()) {
                return row.next() ? String.valueOf(row.getString(1)) : "";
            }
        }
    }

    private long number(String database, String sql, Object parameter) throws Exception {
        try (Connection connection = DriverManager.getConnection(url(database))) {
            return number(connection, sql, parameter);
        }
    }

    private static long number(Connection connection, String sql, Object parameter) throws Exception {
        try (PreparedStatement select = connection.prepareStatement(sql)) {
            select.setObject(1, parameter);
            try (ResultSet row = select.executeQuery()) {
                assertThat(row.next()).as(sql).isTrue();
                return row.getLong(1);
            }
        }
    }

    private static void change(Connection connection, String sql, Object... parameters) throws Exception {
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            for (int i = 0; i < parameters.length; i++) {
                statement.setObject(i + 1, parameters[i]);
            }
            assertThat(statement.executeUpdate()).isEqualTo(1);
        }
    }
}
