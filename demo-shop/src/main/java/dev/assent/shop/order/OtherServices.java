package dev.assent.shop.order;

import dev.assent.shop.service.Instances;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;
import org.springframework.web.client.HttpClientErrorException;
import org.springframework.web.client.RestClient;

/** Calls to inventory and payment, to whichever of their processes it is the turn of; they take the transaction along. */
@Component
class OtherServices {
    private final RestClient http;
    private final Instances inventory;
    private final Instances payment;

    OtherServices(RestClient.Builder http, Instances inventory, Instances payment) {
        this.http = http.build();
        this.inventory = inventory;
        this.payment = payment;
    }

    record Wish(UUID orderId, String item, int quantity) {}

    record Price(long amountCents) {}

    record Bill(UUID orderId, String customer, long amountCents) {}

    record Return(UUID orderId) {}

    record Refusal(@Nullable String cause, @Nullable String remedy) {}

    /** Reserves, and returns the price of all pieces in cents. */
    long reserve(CheckoutRequest request) {
        Price price = call(
                inventory,
                "/reservations",
                new Wish(request.orderId(), request.item(), request.quantity()),
                Price.class);
        return price.amountCents();
    }

    void pay(CheckoutRequest request, long amountCents) {
        call(payment, "/payments", new Bill(request.orderId(), request.customer(), amountCents), Map.class);
    }

    /** As {@link #reserve}, by a try: the pieces are held until the transaction has ended. */
    long hold(CheckoutRequest request) {
        Price price = call(
                inventory,
                "/tcc/reservations",
                new Wish(request.orderId(), request.item(), request.quantity()),
                Price.class);
        return price.amountCents();
    }

    /** As {@link #pay}, by a try. */
    void holdMoney(CheckoutRequest request, long amountCents) {
        call(payment, "/tcc/payments", new Bill(request.orderId(), request.customer(), amountCents), Map.class);
    }

    /** The money goes back to its account. */
    void payBack(UUID orderId) {
        call(payment, "/refunds", new Return(orderId), Map.class);
    }

    /** The goods go back onto the shelf. */
    void takeBack(UUID orderId) {
        call(inventory, "/returns", new Return(orderId), Map.class);
    }

    private <T> T call(Instances service, String path, Object body, Class<T> answer) {
        try {
            return Optional.ofNullable(http.post()
                            .uri(service.next() + path)
                            .body(body)
                            .retrieve()
                            .body(answer))
                    .orElseThrow();
        } catch (HttpClientErrorException refused) {
            throw refusal(refused);
        }
    }

    /** The services give their refusals a cause and a remedy; what else is answered is a fault of the shop's own. */
    private static RuntimeException refusal(HttpClientErrorException refused) {
        Refusal refusal = refused.getResponseBodyAs(Refusal.class);
        if (refusal == null || refusal.cause() == null || refusal.remedy() == null) {
            return refused;
        }
        return new Refused(refusal.cause(), refusal.remedy());
    }
}
