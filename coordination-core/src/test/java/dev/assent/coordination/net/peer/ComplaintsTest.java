package dev.assent.coordination.net.peer;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

class ComplaintsTest {
    private final AtomicLong nanos = new AtomicLong();
    private final Complaints complaints = new Complaints(nanos::get);
    private final ListAppender<ILoggingEvent> log = new ListAppender<>();

    @BeforeEach
    void listen() {
        log.list = new CopyOnWriteArrayList<>(); // it is read while others write
        log.start();
        logger().addAppender(log);
    }

    @AfterEach
    void stopListening() {
        logger().detachAppender(log);
    }

    @Test
    void a_member_that_may_just_be_starting_is_not_complained_about() {
        complaints.raise("s2", "refused");
        nanos.addAndGet(Complaints.GRACE.toNanos() - 1);
        complaints.raise("s2", "refused");
        complaints.settle("s2");
        nanos.addAndGet(Complaints.GRACE.toNanos());
        complaints.raise("s2", "refused");

        assertThat(warnings()).isEmpty();
    }

    @Test
    void a_link_that_is_still_missing_is_warned_of_once_for_each_reason() {
        complaints.raise("s2", "refused");
        nanos.addAndGet(Complaints.GRACE.toNanos());
        complaints.raise("s2", "refused");
        complaints.raise("s2", "refused");
        complaints.raise("s2", "another cluster");
        complaints.raise("s2", "another cluster");

        assertThat(warnings()).containsExactly("no link to s2: refused", "no link to s2: another cluster");
    }

    @Test
    void each_member_has_a_time_of_its_own() {
        complaints.raise("s2", "refused");
        nanos.addAndGet(Complaints.GRACE.toNanos());
        complaints.raise("s3", "refused");
        complaints.raise("s2", "refused");

        assertThat(warnings()).containsExactly("no link to s2: refused");
    }

    @Test
    void a_stranger_is_complained_about_at_once() {
        complaints.raise(Complaints.STRANGER, "no member");
        complaints.raise(Complaints.STRANGER, "no member");

        assertThat(warnings()).containsExactly("no link to a stranger: no member");
    }

    @Test
    void strangers_cannot_fill_the_log_with_ever_new_reasons() {
        for (int i = 0; i < 100; i++) {
            complaints.raise(Complaints.STRANGER, "reason " + i);
        }
        assertThat(warnings()).hasSize(Complaints.STRANGERS_LINES_MAX);

        nanos.addAndGet(Complaints.STRANGERS_SPAN.toNanos());
        complaints.raise(Complaints.STRANGER, "later");
        assertThat(warnings())
                .hasSize(Complaints.STRANGERS_LINES_MAX + 1)
                .last()
                .isEqualTo("no link to a stranger: later");
    }

    private List<String> warnings() {
        return List.copyOf(log.list).stream()
                .filter(event -> event.getLevel() == Level.WARN)
                .map(ILoggingEvent::getFormattedMessage)
                .toList();
    }

    private static Logger logger() {
        return (Logger) LoggerFactory.getLogger(Complaints.class);
    }
}
