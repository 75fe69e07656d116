package dev.assent.shop.payment;

import dev.assent.shop.service.Problems;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.springframework.http.HttpStatus;
import org.springframework.http.ResponseEntity;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.transaction.annotation.Transactional;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RestController;

/** Takes money from accounts, and gives it back. */
@RestController
class Payments {
    private final JdbcClient jdbc;

    Payments(JdbcClient jdbc) {
        this.jdbc = jdbc;
    }

    record Bill(UUID orderId, String customer, long amountCents) {}

    record Return(UUID orderId) {}

    record Account(String customer, long balanceCents) {}

    /** Whose money there is, by name. */
    @GetMapping("/accounts")
    List<Account> accounts() {
        return jdbc.sql("select customer, balance_cents from account order by customer")
                .query((row, number) -> new Account(row.getString(1), row.getLong(2)))
                .list();
    }

    /** 200 when paid; 402 when the account does not cover it. */
    @PostMapping("/payments")
    @Transactional
    public ResponseEntity<?> pay(@RequestBody Bill bill) {
        int debited = jdbc.sql("update account set balance_cents = balance_cents - :cents"
                        + " where customer = :customer and balance_cents >= :cents")
                .param("cents", bill.amountCents())
                .param("customer", bill.customer())
                .update();
        if (debited == 0) {
            return Problems.answer(
                    HttpStatus.PAYMENT_REQUIRED,
                    bill.customer() + " cannot pay " + bill.amountCents() + " cents",
                    "order less, or as somebody else",
                    Map.of());
        }
        jdbc.sql("insert into payment (order_id, customer, amount_cents) values (?, ?, ?)")
                .params(bill.orderId(), bill.customer(), bill.amountCents())
                .update();
        return ResponseEntity.ok(Map.of("paidCents", bill.amountCents()));
    }

    /** 200 when the money of an order is back on its account; 409 when it is not paid. */
    @PostMapping("/refunds")
    @Transactional
    public ResponseEntity<?> payBack(@RequestBody Return back) {
        int returned = jdbc.sql("with given as (update payment set state = 'refunded'"
                        + " where order_id = ? and state = 'paid' returning customer, amount_cents)"
                        + " update account set balance_cents = balance_cents + given.amount_cents from given"
                        + " where account.customer = given.customer")
                .param(back.orderId())
                .update();
        return returned == 1
                ? ResponseEntity.ok(Map.of("refunded", back.orderId()))
                : Problems.answer(
                        HttpStatus.CONFLICT,
                        "order " + back.orderId() + " has no payment",
                        "look at the order's status: it may have been refunded before",
                        Map.of());
    }
}
