package dev.assent.coordination;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.AppenderBase;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.slf4j.LoggerFactory;

/** What an operator reads of one class while a test listens. Safe for use by many threads. */
public final class LogLines extends AppenderBase<ILoggingEvent> implements AutoCloseable {
    private final Queue<String> lines = new ConcurrentLinkedQueue<>();
    private final Logger logger;

    private LogLines(Class<?> origin) {
        this.logger = (Logger) LoggerFactory.getLogger(origin);
    }

    /** From now on, of levels that are shown by default. */
    public static LogLines of(Class<?> origin) {
        LogLines lines = new LogLines(origin);
        lines.start();
        lines.logger.addAppender(lines);
        return lines;
    }

    @Override
    protected void append(ILoggingEvent event) {
        lines.add(event.getFormattedMessage());
    }

    /** All of them, in their order. */
    public List<String> all() {
        return List.copyOf(lines);
    }

    /** Those with all of {@code texts}. */
    public List<String> with(String... texts) {
        return lines.stream()
                .filter(line -> List.of(texts).stream().allMatch(line::contains))
                .toList();
    }

    @Override
    public void close() {
        logger.detachAppender(this);
        stop();
    }
}
