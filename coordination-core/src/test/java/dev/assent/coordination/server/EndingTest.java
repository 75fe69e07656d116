package dev.assent.coordination.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A server's parts are closed once after a failure, whenever it comes. */
@Timeout(240)
final class EndingTest {
    private final Ending ending = new Ending();
    private final CountDownLatch cleaned = new CountDownLatch(1);
    private final AtomicInteger times = new AtomicInteger();

    private void clean() {
        times.incrementAndGet();
        cleaned.countDown();
    }

    @Test
    void what_fails_before_there_is_anything_to_clean_up_is_cleaned_up_as_soon_as_there_is() throws Exception {
        IOException cause = new IOException("the disk");
        ending.failed(cause);
        ending.cleaningUp(this::clean);

        assertThat(cleaned.await(120, TimeUnit.SECONDS)).isTrue();
        assertThat(ending.await()).isEqualTo(Optional.of(cause));
    }

    @Test
    void what_fails_twice_is_cleaned_up_once() throws Exception {
        ending.cleaningUp(this::clean);
        ending.failed(new IOException("the disk"));
        ending.failed(new IOException("the other disk"));

        assertThat(cleaned.await(120, TimeUnit.SECONDS)).isTrue();
        assertThat(times).hasValue(1);
    }

    @Test
    void what_its_owner_closed_is_not_cleaned_up_again() throws Exception {
        ending.closed();
        ending.cleaningUp(this::clean);
        ending.failed(new IOException("too late to matter"));

        assertThat(ending.await()).isEmpty();
        assertThat(times).hasValue(0);
    }
}
