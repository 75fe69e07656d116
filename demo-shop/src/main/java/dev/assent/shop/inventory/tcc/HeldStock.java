package dev.assent.shop.inventory.tcc;

import dev.assent.rm.spring.TwoPhaseParticipant;
import dev.assent.shop.service.Problem;
import java.util.UUID;
import org.springframework.http.HttpStatus;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/** Pieces that are held for an order until its transaction ends: no longer for sale, and not sold yet. */
@Component
class HeldStock {
    private final JdbcClient jdbc;

    HeldStock(JdbcClient jdbc) {
        this.jdbc = jdbc;
    }

    /**
     * The price of all pieces in cents.
     *
     * @throws Problem there are not enough; nothing is held, and the transaction can only roll back
     */
    @TwoPhaseParticipant(name = "hold-stock", confirm = "sell", cancel = "putBack")
    public long hold(UUID order, String item, int quantity) {
        int taken = jdbc.sql("update stock set available = available - ? where item = ? and available >= ?")
                .params(quantity, item, quantity)
                .update();
        if (taken == 0) {
            throw new Problem(
                    HttpStatus.CONFLICT, "not enough of " + item + " on stock", "order less, or something else");
        }
        jdbc.sql("insert into reservation (order_id, item, quantity, state) values (?, ?, ?, 'held')")
                .params(order, item, quantity)
                .update();
        return jdbc.sql("select price_cents * ? from stock where item = ?")
                .params(quantity, item)
                .query(Long.class)
                .single();
    }

    void sell(UUID order, String item, int quantity) {
        jdbc.sql("update reservation set state = 'reserved' where order_id = ?")
                .param(order)
                .update();
    }

    void putBack(UUID order, String item, int quantity) {
        jdbc.sql("update reservation set state = 'released' where order_id = ?")
                .param(order)
                .update();
        jdbc.sql("update stock set available = available + ? where item = ?")
                .params(quantity, item)
                .update();
    }
}
