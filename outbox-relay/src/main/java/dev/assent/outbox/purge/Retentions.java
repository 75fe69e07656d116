package dev.assent.outbox.purge;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** How long the topics that are consumed keep their messages. */
@FunctionalInterface
public interface Retentions {
    /**
     * What can be found out; topics whose settings may not be read are left out.
     *
     * @throws IOException if the broker does not answer; to be tried again
     */
    List<Retention> read() throws IOException;

    /**
     * How long a message of {@code topic} can be delivered after it was published.
     *
     * @param broker where the topic is
     * @param longest empty if it is kept for ever
     */
    record Retention(String broker, String topic, Optional<Duration> longest) {}
}
