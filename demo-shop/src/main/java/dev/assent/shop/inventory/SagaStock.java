package dev.assent.shop.inventory;

import dev.assent.saga.api.StepRefusedException;
import dev.assent.saga.http.SagaRequests;
import dev.assent.shop.service.LocalTransactions;
import dev.assent.shop.service.SagaSteps;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.UUID;
import org.springframework.http.HttpStatus;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestHeader;
import org.springframework.web.bind.annotation.RestController;

/** Inventory's step of the checkout as a saga: its guard has each key take effect once. */
@RestController
class SagaStock {
    private static final SagaSteps.Refusal REFUSAL =
            new SagaSteps.Refusal(HttpStatus.CONFLICT, "order less, or something else");

    private final SagaSteps steps;

    SagaStock(LocalTransactions local) {
        this.steps = new SagaSteps(local);
    }

    record Wish(UUID orderId, String item, int quantity) {}

    /** By its key it reserves, and answers the price in cents, or releases; 409 when there are not enough. */
    @PostMapping("/saga/reservations")
    ResponseEntity<String> step(@RequestHeader(SagaRequests.KEY_HEADER) String header, @RequestBody Wish wish)
            throws SQLException {
        return steps.carriedOut(
                header, REFUSAL, connection -> take(connection, wish), connection -> release(connection, wish));
    }

    private static String take(Connection connection, Wish wish) throws SQLException, StepRefusedException {
        try (PreparedStatement take = connection.prepareStatement("update stock set available = available - ?"
                        + " where item = ? and available >= ? returning price_cents * ?");
                PreparedStatement insert = connection.prepareStatement(
                        "insert into reservation (order_id, item, quantity) values (?, ?, ?)")) {
            take.setInt(1, wish.quantity());
            take.setString(2, wish.item());
            take.setInt(3, wish.quantity());
            take.setInt(4, wish.quantity());
            insert.setObject(1, wish.orderId());
            insert.setString(2, wish.item());
            insert.setInt(3, wish.quantity());
            try (ResultSet taken = take.executeQuery()) {
                if (!taken.next()) {
                    throw new StepRefusedException("not enough of " + wish.item() + " on stock");
                }
                insert.executeUpdate();
                return Long.toString(taken.getLong(1));
            }
        }
    }

    private static void release(Connection connection, Wish wish) throws SQLException {
        try (PreparedStatement back =
                connection.prepareStatement("with released as (update reservation set state = 'released'"
                        + " where order_id = ? and state = 'reserved' returning item, quantity)"
                        + " update stock set available = available + released.quantity from released"
                        + " where stock.item = released.item")) {
            back.setObject(1, wish.orderId());
            back.executeUpdate();
        }
    }
}
