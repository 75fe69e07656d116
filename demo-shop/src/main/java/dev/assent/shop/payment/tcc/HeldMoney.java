package dev.assent.shop.payment.tcc;

import dev.assent.rm.spring.TwoPhaseParticipant;
import dev.assent.shop.service.Problem;
import java.util.UUID;
import org.springframework.http.HttpStatus;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/** Money that is held for an order until its transaction ends: no longer the customer's to spend, and not taken yet. */
@Component
class HeldMoney {
    private final JdbcClient jdbc;

    HeldMoney(JdbcClient jdbc) {
        this.jdbc = jdbc;
    }

    /**
     * Holds it until the transaction ends.
     *
     * @throws Problem there is not enough; nothing is held, and the transaction can only roll back
     */
    @TwoPhaseParticipant(name = "hold-money", confirm = "take", cancel = "giveBack")
    public void hold(UUID order, String customer, long cents) {
        int held = jdbc.sql("update account set balance_cents = balance_cents - ?"
                        + " where customer = ? and balance_cents >= ?")
                .params(cents, customer, cents)
                .update();
        if (held == 0) {
            throw new Problem(
                    HttpStatus.PAYMENT_REQUIRED,
                    customer + " cannot pay " + cents + " cents",
                    "order less, or as somebody else");
        }
        jdbc.sql("insert into payment (order_id, customer, amount_cents, state) values (?, ?, ?, 'held')")
                .params(order, customer, cents)
                .update();
    }

    void take(UUID order, String customer, long cents) {
        jdbc.sql("update payment set state = 'paid' where order_id = ?")
                .param(order)
                .update();
    }

    void giveBack(UUID order, String customer, long cents) {
        jdbc.sql("update payment set state = 'cancelled' where order_id = ?")
                .param(order)
                .update();
        jdbc.sql("update account set balance_cents = balance_cents + ? where customer = ?")
                .params(cents, customer)
                .update();
    }
}
