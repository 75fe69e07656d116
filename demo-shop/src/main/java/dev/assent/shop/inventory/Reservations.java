package dev.assent.shop.inventory;

import java.util.Map;
import java.util.UUID;
import org.springframework.http.HttpStatus;
import org.springframework.http.ResponseEntity;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.transaction.annotation.Transactional;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RestController;

/** Takes pieces off the shelf. */
@RestController
class Reservations {
    private final JdbcClient jdbc;

    Reservations(JdbcClient jdbc) {
        this.jdbc = jdbc;
    }

    record Wish(UUID orderId, String item, int quantity) {}

    /** 200 with the price of all pieces in cents; 409 when there are not enough. */
    @PostMapping("/reservations")
    @Transactional
    public ResponseEntity<Map<String, Object>> reserve(@RequestBody Wish wish) {
        int taken = jdbc.sql("update stock set available = available - :n where item = :item and available >= :n")
                .param("n", wish.quantity())
                .param("item", wish.item())
                .update();
        if (taken == 0) {
            return ResponseEntity.status(HttpStatus.CONFLICT)
                    .body(Map.of("reason", "not enough of " + wish.item() + " on stock"));
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
}
