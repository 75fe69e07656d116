package dev.assent.coordination.net;

import java.util.concurrent.Executor;
import java.util.function.Consumer;

/**
 * Tells the operator of what may happen a thousand times a second: the first time at once, and what follows in one
 * line every {@value #SECONDS} s, with how often it happened and the last instance. Thread-safe.
 */
public final class BurstLog {
    /** Between two lines. */
    public static final int SECONDS = 10;

    private final String whatHappens;
    private final Executor later;
    private final Consumer<String> log;
    private long untold;
    private String last = "";
    private boolean counting;

    /**
     * A kind of event.
     *
     * @param whatHappens for the line that sums up: "clients were refused"
     * @param later runs a task {@value #SECONDS} s after it is given
     * @param log takes each line
     */
    public BurstLog(String whatHappens, Executor later, Consumer<String> log) {
        this.whatHappens = whatHappens;
        this.later = later;
        this.log = log;
    }

    /** It happened, and this is how; whether that is told at once. */
    public boolean happened(String instance) {
        synchronized (this) {
            if (counting) {
                untold++;
                last = instance;
                return false;
            }
            counting = true;
        }
        log.accept(instance);
        later.execute(this::sumUp);
        return true;
    }

    private void sumUp() {
        String line;
        synchronized (this) {
            if (untold == 0) {
                counting = false;
                return;
            }
            line = untold + " more " + whatHappens + " within " + SECONDS + " s; the last one: " + last;
            untold = 0;
        }
        log.accept(line);
        later.execute(this::sumUp);
    }
}
