package dev.assent.shop.inventory.tcc;

import java.util.Map;
import java.util.UUID;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RestController;

/** Holds pieces for callers that bring a transaction. */
@RestController
class HeldStockController {
    private final HeldStock stock;

    HeldStockController(HeldStock stock) {
        this.stock = stock;
    }

    record Wish(UUID orderId, String item, int quantity) {}

    /** 200 with the price of all pieces in cents; 409 when there are not enough. */
    @PostMapping("/tcc/reservations")
    Map<String, Long> hold(@RequestBody Wish wish) {
        return Map.of("amountCents", stock.hold(wish.orderId(), wish.item(), wish.quantity()));
    }
}
