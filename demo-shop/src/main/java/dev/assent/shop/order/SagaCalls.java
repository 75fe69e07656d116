package dev.assent.shop.order;

import dev.assent.saga.api.StepContext;
import dev.assent.saga.api.StepRefusedException;
import dev.assent.saga.http.SagaRequests;
import dev.assent.shop.service.Instances;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import org.springframework.stereotype.Component;
import tools.jackson.databind.json.JsonMapper;

/** What a saga says to inventory and payment; its key tells them whether it is an action or its compensation. */
@Component
class SagaCalls {
    private final SagaRequests requests;
    private final JsonMapper json;
    private final Instances inventory;
    private final Instances payment;

    SagaCalls(HttpClient client, JsonMapper json, Instances inventory, Instances payment) {
        this.requests = new SagaRequests(client);
        this.json = json;
        this.inventory = inventory;
        this.payment = payment;
    }

    /** For its log. */
    String write(CheckoutRequest request) {
        return json.writeValueAsString(request.wire());
    }

    CheckoutRequest read(String text) {
        return json.readValue(text, CheckoutRequest.Wire.class).checked();
    }

    String reservation(StepContext<CheckoutRequest> step)
            throws IOException, InterruptedException, StepRefusedException {
        CheckoutRequest request = step.input();
        return post(
                step,
                inventory.next() + "/saga/reservations",
                new OtherServices.Wish(request.orderId(), request.item(), request.quantity()));
    }

    String payment(StepContext<CheckoutRequest> step, long cents)
            throws IOException, InterruptedException, StepRefusedException {
        CheckoutRequest request = step.input();
        return post(
                step,
                payment.next() + "/saga/payments",
                new OtherServices.Bill(request.orderId(), request.customer(), cents));
    }

    private String post(StepContext<?> step, String where, Object body)
            throws IOException, InterruptedException, StepRefusedException {
        return requests.post(step, URI.create(where), "application/json", json.writeValueAsString(body));
    }
}
