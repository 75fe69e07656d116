package dev.assent.shop.inventory;

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

/** Takes pieces off the shelf, and puts them back. */
@RestController
class Reservations {
    private final JdbcClient jdbc;

    Reservations(JdbcClient jdbc) {
        this.jdbc = jdbc;
    }

    record Wish(UUID orderId, String item, int quantity) {}

    record Return(UUID orderId) {}

    record Stock(String item, long priceCents, int available) {}

    /** What there is, by name. */
    @GetMapping("/stock")
    List<Stock> stock() {
        return jdbc.sql("select item, price_cents, available from stock order by item")
                .query((row, number) -> new Stock(row.getString(1), row.getLong(2), row.getInt(3)))
                .list();
    }

    /** 200 with the price of all pieces in cents; 409 when there are not enough. */
    @PostMapping("/reservations")
    @Transactional
    public ResponseEntity<?> reserve(@RequestBody Wish wish) {
        int taken = jdbc.sql("update stock set available = available - :n where item = :item and available >= :n")
                .param("n", wish.quantity())
                .param("item", wish.item())
                .update();
        if (taken == 0) {
            return Problems.answer(
                    HttpStatus.CONFLICT,
                    "not enough of " + wish.item() + " on stock",
                    "order less, or something else",
                    Map.of());
        }
        jdbc.sql("insert into reservation (order_id, item, quantity) values (?, ?, ?)")
                .params(wish.orderId(), wish.item(), wish.quantity())
                .update();
        long price = jdbc.sql("select price_cents from stock where item = ?")
                .param(wish.item())
                .query(Long.class)
                .single();
        return ResponseEntity.ok(Map.of("amountCents", price * wish.quantity()));
    }

    /** 200 when the pieces of an order are back on the shelf; 409 when it has none. */
    @PostMapping("/returns")
    @Transactional
    public ResponseEntity<?> takeBack(@RequestBody Return back) {
        int returned = jdbc.sql("with returned as (update reservation set state = 'returned'"
                        + " where order_id = ? and state = 'reserved' returning item, quantity)"
                        + " update stock set available = available + returned.quantity from returned"
                        + " where stock.item = returned.item")
                .param(back.orderId())
                .update();
        return returned == 1
                ? ResponseEntity.ok(Map.of("returned", back.orderId()))
                : Problems.answer(
                        HttpStatus.CONFLICT,
                        "nothing is reserved for order " + back.orderId(),
                        "look at the order's status: it may have been returned before",
                        Map.of());
    }
}
