package dev.assent.shop.order;

import dev.assent.rm.jta.AssentTransactions;
import dev.assent.tx.model.Outcome;
import java.sql.SQLException;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.http.HttpStatus;
import org.springframework.http.ResponseEntity;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.client.RestClientResponseException;

/** The customer's face. It tells an outcome only when it is known. */
@RestController
class CheckoutController {
    private static final Logger LOG = LoggerFactory.getLogger(CheckoutController.class);

    private final Checkout checkout;
    private final AssentTransactions transactions;
    private final JdbcClient jdbc;

    CheckoutController(Checkout checkout, AssentTransactions transactions, JdbcClient jdbc) {
        this.checkout = checkout;
        this.transactions = transactions;
        this.jdbc = jdbc;
    }

    /**
     * 201 committed; 409 refused and 503 failed: rolled back, with the reason, and only a failed one may go well later;
     * 202 unknown as yet, with the token to ask with.
     */
    @PostMapping("/checkouts")
    ResponseEntity<CheckoutReply> checkout(@RequestBody CheckoutRequest request) {
        Begun begun = new Begun();
        try {
            checkout.place(request, begun);
            return ResponseEntity.status(HttpStatus.CREATED).body(CheckoutReply.committed());
        } catch (Refused refused) {
            recordFailed(request, String.valueOf(refused.getMessage()));
            return rolledBack(HttpStatus.CONFLICT, String.valueOf(refused.getMessage()));
        } catch (RuntimeException | SQLException failed) {
            LOG.debug("checkout {} failed", request.orderId(), failed);
            return tell(begun.token, inWords(failed));
        }
    }

    /** Keeps the token of the transaction that a checkout began. */
    private static final class Begun implements Consumer<String> {
        private String token = "";

        @Override
        public void accept(String begun) {
            token = begun;
        }
    }

    /** Of another service's answer the status is enough: its body is for programs. */
    private static String inWords(Exception failed) {
        return failed instanceof RestClientResponseException answer
                ? "a service answered " + answer.getStatusCode()
                : String.valueOf(failed.getMessage());
    }

    /** The same answers for a checkout that was unknown. */
    @GetMapping("/transactions/{token}")
    ResponseEntity<CheckoutReply> ask(@PathVariable String token) {
        return tell(token, "");
    }

    /** {@code failure}: what went wrong on the way, for a rollback of which the outcome tells no cause of its own. */
    private ResponseEntity<CheckoutReply> tell(String token, String failure) {
        if (token.isEmpty()) {
            return rolledBack(HttpStatus.SERVICE_UNAVAILABLE, failure);
        }
        Outcome outcome = transactions.outcome(token);
        if (outcome instanceof Outcome.Committed) {
            return ResponseEntity.status(HttpStatus.CREATED).body(CheckoutReply.committed());
        }
        if (outcome instanceof Outcome.RolledBack rolledBack) {
            String cause = rolledBack.cause();
            return rolledBack(
                    HttpStatus.SERVICE_UNAVAILABLE,
                    failure.isEmpty() || failure.contains(cause) ? cause : cause + ": " + failure);
        }
        return ResponseEntity.status(HttpStatus.ACCEPTED).body(CheckoutReply.unknown(token));
    }

    private static ResponseEntity<CheckoutReply> rolledBack(HttpStatus status, String reason) {
        return ResponseEntity.status(status).body(CheckoutReply.rolledBack(reason));
    }

    /** For the customer to see; the checkout itself left nothing behind. */
    private void recordFailed(CheckoutRequest request, String reason) {
        jdbc.sql("insert into goods_order (id, customer, item, quantity, amount_cents, status, reason)"
                        + " values (?, ?, ?, ?, 0, ?, ?) on conflict (id) do nothing")
                .params(
                        request.orderId(),
                        request.customer(),
                        request.item(),
                        request.quantity(),
                        OrderStatus.PAYMENT_FAILED.code(),
                        reason)
                .update();
    }
}
