package dev.assent.shop.demo.parts;

import static org.assertj.core.api.Assertions.assertThat;

import dev.assent.shop.demo.parts.CheckoutClient.Answer;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.json.JsonMapper;

/** What customers make of an answer, which may be somebody's on the way. */
final class CheckoutClientTest {
    private static final String TOKEN = "asked-with";

    private static Answer heard(int status, String body) {
        return CheckoutClient.heard(status, JsonMapper.shared().readTree(body), TOKEN);
    }

    @Test
    void a_checkout_is_committed_only_if_the_order_service_says_so() {
        assertThat(heard(201, "{\"outcome\":\"committed\"}")).isEqualTo(new Answer.Committed());
        assertThat(heard(200, "{\"outcome\":\"committed\",\"repeated\":true}")).isEqualTo(new Answer.Committed());

        assertThat(heard(200, "{}")).isEqualTo(new Answer.Unknown(TOKEN));
        assertThat(heard(201, "{\"outcome\":\"unknown\"}")).isEqualTo(new Answer.Unknown(TOKEN));
    }

    @Test
    void it_is_rolled_back_only_if_the_order_service_says_so() {
        assertThat(heard(409, "{\"outcome\":\"rolledBack\",\"detail\":\"no money\"}"))
                .isEqualTo(new Answer.RolledBack("no money", true));
        assertThat(heard(503, "{\"outcome\":\"rolledBack\",\"detail\":\"down\"}"))
                .isEqualTo(new Answer.RolledBack("down", false));

        assertThat(heard(503, "{\"status\":503}")).isEqualTo(new Answer.Unknown(TOKEN));
        assertThat(heard(404, "{}")).isEqualTo(new Answer.Unknown(TOKEN));
    }

    @Test
    void what_is_unknown_is_asked_for_with_the_token_that_was_told() {
        assertThat(heard(202, "{\"outcome\":\"unknown\",\"detail\":\"told\"}")).isEqualTo(new Answer.Unknown("told"));
    }
}
