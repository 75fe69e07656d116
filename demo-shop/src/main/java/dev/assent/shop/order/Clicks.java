package dev.assent.shop.order;

import dev.assent.outbox.model.Body;
import dev.assent.outbox.token.Admission;
import dev.assent.outbox.token.Requests;
import dev.assent.outbox.token.StoredResponse;
import dev.assent.shop.service.Problem;
import java.sql.Connection;
import java.sql.SQLException;
import org.springframework.http.HttpStatus;
import org.springframework.stereotype.Component;
import tools.jackson.databind.json.JsonMapper;

/**
 * A second click with the same token gets the first one's answer, and orders nothing. Token and answer are rows of the
 * checkout's own transaction, whichever kind that is: if it rolls back, the token is as good as new.
 */
@Component
class Clicks {
    private final Requests requests = new Requests("checkouts");
    private final JsonMapper json;

    Clicks(JsonMapper json) {
        this.json = json;
    }

    /** What is done for the first click. */
    @FunctionalInterface
    interface Work {
        CheckoutReply run() throws SQLException;
    }

    /** Of two at the same time the second waits for the first one's end. */
    CheckoutReply once(Connection connection, CheckoutRequest request, Work work) throws SQLException {
        if (request.token().isEmpty()) {
            return work.run();
        }
        String token = request.token().get();
        Admission admission = requests.admit(connection, token, request.contents());
        if (admission instanceof Admission.Repeated repeated) {
            return json.readValue(repeated.response().body().toUtf8(), CheckoutReply.class)
                    .again();
        }
        if (admission instanceof Admission.Misused) {
            throw misused();
        }
        CheckoutReply reply = work.run();
        requests.answer(
                connection,
                token,
                new StoredResponse(
                        HttpStatus.CREATED.value(), "application/json", Body.utf8(json.writeValueAsString(reply))));
        return reply;
    }

    static Problem misused() {
        return new Problem(
                HttpStatus.UNPROCESSABLE_CONTENT,
                "the token was used for another checkout",
                "take a new token for each checkout, and the same one only to ask again");
    }
}
