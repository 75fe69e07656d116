package dev.assent.shop.order;

import dev.assent.shop.service.ShopProperties;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.springframework.stereotype.Component;
import org.springframework.web.client.HttpClientErrorException;
import org.springframework.web.client.RestClient;

/** Calls to inventory and payment; they take the transaction along. */
@Component
class OtherServices {
    private final RestClient inventory;
    private final RestClient payment;

    OtherServices(RestClient.Builder http, ShopProperties shop) {
        inventory = http.clone().baseUrl(shop.inventoryUrl()).build();
        payment = http.clone().baseUrl(shop.paymentUrl()).build();
    }

    record Wish(UUID orderId, String item, int quantity) {}

    record Price(long amountCents) {}

    record Bill(UUID orderId, String customer, long amountCents) {}

    record Refusal(String reason) {}

    /** Reserves, and returns the price of all pieces in cents. */
    long reserve(CheckoutRequest request) {
        try {
            Price price = inventory
                    .post()
                    .uri("/reservations")
                    .body(new Wish(request.orderId(), request.item(), request.quantity()))
                    .retrieve()
                    .body(Price.class);
            return Optional.ofNullable(price).orElseThrow().amountCents();
        } catch (HttpClientErrorException refused) {
            throw new Refused(reason(refused));
        }
    }

    void pay(CheckoutRequest request, long amountCents) {
        try {
            payment.post()
                    .uri("/payments")
                    .body(new Bill(request.orderId(), request.customer(), amountCents))
                    .retrieve()
                    .body(Map.class);
        } catch (HttpClientErrorException refused) {
            throw new Refused(reason(refused));
        }
    }

    private static String reason(HttpClientErrorException refused) {
        Refusal refusal = refused.getResponseBodyAs(Refusal.class);
        return refusal == null || refusal.reason() == null ? refused.getStatusText() : refusal.reason();
    }
}
