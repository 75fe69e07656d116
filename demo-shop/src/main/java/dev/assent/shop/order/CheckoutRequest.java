package dev.assent.shop.order;

import dev.assent.outbox.model.Body;
import dev.assent.shop.service.OrderEvent;
import dev.assent.shop.service.Problem;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;

/**
 * What a customer wants.
 *
 * @param orderId nobody else's
 * @param token chosen by the customer's side: asking again with it orders nothing more
 */
record CheckoutRequest(UUID orderId, String customer, String item, int quantity, Flow flow, Optional<String> token) {
    private static final int QUANTITY_MAX = 1_000;
    private static final int TEXT_CHARS_MAX = 200;

    /** As it comes over HTTP; what may be left out may be null. */
    record Wire(
            @Nullable UUID orderId,
            @Nullable String customer,
            @Nullable String item,
            int quantity,
            @Nullable String flow,
            @Nullable String token) {
        CheckoutRequest checked() {
            if (quantity < 1 || quantity > QUANTITY_MAX) {
                throw new Problem(
                        HttpStatus.BAD_REQUEST,
                        "the quantity is " + quantity,
                        "order 1 to " + QUANTITY_MAX + " pieces");
            }
            Optional<String> asked =
                    token == null || token.isEmpty() ? Optional.empty() : Optional.of(text("token", token));
            Flow chosen = flow == null ? Flow.STRONG : Flow.of(flow);
            String who = text("customer", customer);
            return new CheckoutRequest(
                    asked.filter(isName -> chosen == Flow.SAGA)
                            .map(name -> named(who, name))
                            .orElseGet(() -> orderId == null ? UUID.randomUUID() : orderId),
                    who,
                    text("item", item),
                    quantity,
                    chosen,
                    asked);
        }

        /** A saga runs once for its order, so the token names the order. */
        private static UUID named(String customer, String token) {
            return UUID.nameUUIDFromBytes((customer + "\n" + token).getBytes(StandardCharsets.UTF_8));
        }

        private static String text(String name, @Nullable String value) {
            if (value == null || value.isBlank() || value.length() > TEXT_CHARS_MAX) {
                throw new Problem(
                        HttpStatus.BAD_REQUEST,
                        name + " is missing, or is longer than " + TEXT_CHARS_MAX + " characters",
                        "send customer, item and quantity; token and flow as you like");
            }
            return value;
        }
    }

    /** What a token stands for: used for anything else it is refused. */
    Body contents() {
        return Body.utf8(customer + "\n" + item + "\n" + quantity + "\n" + flow.word());
    }

    Wire wire() {
        return new Wire(orderId, customer, item, quantity, flow.word(), token.orElse(null));
    }

    OrderEvent event() {
        return new OrderEvent(orderId, customer, item, quantity, 0, "");
    }
}
