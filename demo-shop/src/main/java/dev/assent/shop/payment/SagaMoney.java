package dev.assent.shop.payment;

import dev.assent.saga.api.StepRefusedException;
import dev.assent.saga.http.SagaRequests;
import dev.assent.shop.service.LocalTransactions;
import dev.assent.shop.service.SagaSteps;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.UUID;
import org.springframework.http.HttpStatus;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestHeader;
import org.springframework.web.bind.annotation.RestController;

/** Payment's step of the checkout as a saga: its guard has each key take effect once. */
@RestController
class SagaMoney {
    private static final SagaSteps.Refusal REFUSAL =
            new SagaSteps.Refusal(HttpStatus.PAYMENT_REQUIRED, "order less, or as somebody else");

    private final SagaSteps steps;

    SagaMoney(LocalTransactions local) {
        this.steps = new SagaSteps(local);
    }

    record Bill(UUID orderId, String customer, long amountCents) {}

    /** By its key it debits or gives back; 402 when the account does not cover it. */
    @PostMapping("/saga/payments")
    ResponseEntity<String> step(@RequestHeader(SagaRequests.KEY_HEADER) String header, @RequestBody Bill bill)
            throws SQLException {
        return steps.carriedOut(
                header, REFUSAL, connection -> take(connection, bill), connection -> payBack(connection, bill));
    }

    private static String take(Connection connection, Bill bill) throws SQLException, StepRefusedException {
        try (PreparedStatement debit =
                        connection.prepareStatement("update account set balance_cents = balance_cents - ?"
                                + " where customer = ? and balance_cents >= ?");
                PreparedStatement insert = connection.prepareStatement(
                        "insert into payment (order_id, customer, amount_cents) values (?, ?, ?)")) {
            debit.setLong(1, bill.amountCents());
            debit.setString(2, bill.customer());
            debit.setLong(3, bill.amountCents());
            insert.setObject(1, bill.orderId());
            insert.setString(2, bill.customer());
            insert.setLong(3, bill.amountCents());
            if (debit.executeUpdate() == 0) {
                throw new StepRefusedException(bill.customer() + " cannot pay " + bill.amountCents() + " cents");
            }
            insert.executeUpdate();
            return "";
        }
    }

    private static void payBack(Connection connection, Bill bill) throws SQLException {
        try (PreparedStatement back = connection.prepareStatement("with given as (update payment set state = 'refunded'"
                + " where order_id = ? and state = 'paid' returning customer, amount_cents)"
                + " update account set balance_cents = balance_cents + given.amount_cents from given"
                + " where account.customer = given.customer")) {
            back.setObject(1, bill.orderId());
            back.executeUpdate();
        }
    }
}
