package dev.assent.tx.bulkhead;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The boundary of work that comes again and again: a bug in it is reported, now and then, and costs one time. Without it a
 * scheduler would never run the work again, and say nothing.
 */
public final class Guarded implements Runnable {
    private static final Logger LOG = LoggerFactory.getLogger(Guarded.class);

    private final String what;
    private final Runnable work;
    private final ThrottledLog bugs = new ThrottledLog();

    /**
     * Guards {@code work}.
     *
     * @param what in words, as the subject of a sentence
     */
    public Guarded(String what, Runnable work) {
        this.what = what;
        this.work = work;
    }

    @Override
    public void run() {
        try {
            work.run();
        } catch (RuntimeException | Error bug) {
            bugs.say(more -> LOG.error("{} failed, and is tried again{}", what, more, bug));
        }
    }
}
