package dev.assent.shop.payment.tcc;

import java.util.Map;
import java.util.UUID;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RestController;

/** Holds money for callers that bring a transaction. */
@RestController
class HeldMoneyController {
    private final HeldMoney money;

    HeldMoneyController(HeldMoney money) {
        this.money = money;
    }

    record Bill(UUID orderId, String customer, long amountCents) {}

    /** 200 when the money is held; 402 when the account does not cover it. */
    @PostMapping("/tcc/payments")
    Map<String, Long> hold(@RequestBody Bill bill) {
        money.hold(bill.orderId(), bill.customer(), bill.amountCents());
        return Map.of("heldCents", bill.amountCents());
    }
}
