package dev.assent.shop.order;

import dev.assent.shop.service.LocalTransactions;
import dev.assent.shop.service.Problem;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.http.HttpStatus;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/** The customer's face. What its answers mean stands at {@link Told#of}. */
@RestController
class CheckoutController {
    private static final Logger LOG = LoggerFactory.getLogger(CheckoutController.class);
    private static final int SHOWN_MAX = 1_000;

    /** Of whom nothing is known but a token. */
    private static final UUID NOT_TOLD = new UUID(0, 0);

    private final Checkouts checkouts;
    private final Refund refund;
    private final Cancellation cancellation;
    private final OrderBook orders;
    private final LocalTransactions local;
    private final Told told;

    CheckoutController(
            Checkouts checkouts,
            Refund refund,
            Cancellation cancellation,
            OrderBook orders,
            LocalTransactions local,
            Told told) {
        this.checkouts = checkouts;
        this.refund = refund;
        this.cancellation = cancellation;
        this.orders = orders;
        this.local = local;
        this.told = told;
    }

    @PostMapping("/checkouts")
    ResponseEntity<?> checkout(@RequestBody CheckoutRequest.Wire wire) {
        CheckoutRequest request = wire.checked();
        return told.of(
                request.orderId(), begun -> checkouts.place(request, begun), reason -> recordFailed(request, reason));
    }

    /** The same answers for a checkout or a refund that was unknown. */
    @GetMapping("/transactions/{token}")
    ResponseEntity<?> ask(@PathVariable String token) {
        return told.ended(NOT_TOLD, token, "");
    }

    /** The latest first. */
    @GetMapping("/orders")
    List<OrderView> latest(@RequestParam(defaultValue = "50") int limit) {
        if (limit < 1 || limit > SHOWN_MAX) {
            throw new Problem(HttpStatus.BAD_REQUEST, "the limit is " + limit, "ask for 1 to " + SHOWN_MAX + " orders");
        }
        return orders.latest(limit);
    }

    @GetMapping("/orders/{id}")
    OrderView one(@PathVariable UUID id) {
        return orders.view(id);
    }

    @PostMapping("/orders/{id}/refund")
    ResponseEntity<?> refund(@PathVariable UUID id) {
        return told.of(id, begun -> refund.order(id, begun), reason -> {});
    }

    @PostMapping("/orders/{id}/cancel")
    ResponseEntity<?> cancel(@PathVariable UUID id) {
        return told.of(id, begun -> cancellation.order(id), reason -> {});
    }

    /** For the customer to see; the checkout itself left nothing behind. */
    private void recordFailed(CheckoutRequest request, String reason) {
        try {
            Map<String, String> unused = local.run(connection -> {
                orders.failed(connection, request, reason);
                return Map.of();
            });
        } catch (SQLException away) {
            LOG.warn(
                    "order {} failed ({}), and that could not be recorded: {}",
                    request.orderId(),
                    reason,
                    away.toString());
        }
    }
}
