package dev.assent.admin;

import static org.assertj.core.api.Assertions.assertThat;

import dev.assent.admin.view.ItemResult;
import dev.assent.time.Clock;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(240)
class OrdersTest {
    private static final String TWO = "{\"items\":[\"aa\",\"bb\"],\"reason\":\"because\",\"dryRun\":false}";

    private final BlockingQueue<String> begun = new LinkedBlockingQueue<>();
    private final CountDownLatch database = new CountDownLatch(1);

    /** Its database hangs. */
    private ItemResult act(Action.Order order, String item) throws IOException {
        begun.add(item);
        try {
            database.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("cut off", e);
        }
        return new ItemResult(item, ItemResult.Result.DONE, List.of("done"));
    }

    @Test
    void what_was_answered_as_not_begun_is_never_done_and_what_goes_on_is_said_to() throws Exception {
        try (Orders orders = new Orders(Clock.SYSTEM, 100)) {
            Answer answer = orders.carryOut(this::act, Orders.parse(TWO), "ann");

            assertThat(answer.body())
                    .contains("{\"item\":\"aa\",\"result\":\"UNDER_WAY\"", "the process' log its end")
                    .contains("{\"item\":\"bb\",\"result\":\"NOT_BEGUN\"");
            database.countDown();
            String next = "{\"items\":[\"cc\"],\"reason\":\"because\",\"dryRun\":false}";
            Answer done = answer;
            while (!done.body().contains("DONE")) {
                done = orders.carryOut(this::act, Orders.parse(next), "ann");
            }
            assertThat(begun).startsWith("aa", "cc").doesNotContain("bb");
        }
    }
}
