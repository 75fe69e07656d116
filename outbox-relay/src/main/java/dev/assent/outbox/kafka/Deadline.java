package dev.assent.outbox.kafka;

import dev.assent.time.Clock;
import java.time.Duration;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.common.KafkaFuture;

/** Ends all parts of one question at one time. Used by one thread. */
final class Deadline {
    private final long atNanos;

    Deadline(Duration length) {
        this.atNanos = Clock.SYSTEM.nanos() + length.toNanos();
    }

    /** An answer that is there already is told even when the time is over. */
    <T> T await(KafkaFuture<T> answer) throws ExecutionException, TimeoutException, InterruptedException {
        return answer.get(Math.max(0, atNanos - Clock.SYSTEM.nanos()), TimeUnit.NANOSECONDS);
    }
}
