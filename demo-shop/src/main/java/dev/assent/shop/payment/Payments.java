package dev.assent.shop.payment;

import java.util.Map;
import java.util.UUID;
import org.springframework.http.HttpStatus;
import org.springframework.http.ResponseEntity;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.transaction.annotation.Transactional;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RestController;

/** Takes money from accounts. */
@RestController
class Payments {
    private final JdbcClient jdbc;

    Payments(JdbcClient jdbc) {
        this.jdbc = jdbc;
    }

    record Bill(UUID orderId, String customer, long amountCents) {}

    /** 200 when paid; 402 when the account does not cover it. */
    @PostMapping("/payments")
    @Transactional
    public ResponseEntity<Map<String, Object>> pay(@RequestBody Bill bill) {
        int debited = jdbc.sql("update account set balance_cents = balance_cents - :cents"
                        + " where customer = :customer and balance_cents >= :cents")
                .param("cents", bill.amountCents())
                .param("customer", bill.customer())
                .update();
        if (debited == 0) {
            return ResponseEntity.status(HttpStatus.PAYMENT_REQUIRED)
                    .body(Map.of("reason", bill.customer() + " cannot pay " + bill.amountCents() + " cents"));
        }
        jdbc.sql("insert into payment (order_id, customer, amount_cents) values (?, ?, ?)")
                .params(bill.orderId(), bill.customer(), bill.amountCents())
                .update();
        return ResponseEntity.ok(Map.of("paidCents", bill.amountCents()));
    }
}
