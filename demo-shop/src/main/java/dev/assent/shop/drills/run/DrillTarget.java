package dev.assent.shop.drills.run;

import dev.assent.shop.drills.plan.Audit;
import dev.assent.shop.drills.plan.Drill;
import dev.assent.shop.drills.plan.Fault;
import dev.assent.shop.drills.plan.Invariant;
import dev.assent.shop.drills.plan.PlantedBug;
import java.io.IOException;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * A system that drills are run on. One thread at a time calls it, but for {@link #counts} and {@link #close}, which any may.
 */
public interface DrillTarget extends AutoCloseable {
    /** For people. */
    String name();

    /**
     * Starts everything that does not run, and returns when it serves.
     *
     * @throws IOException something did not start; what was started stays until {@link #close}
     */
    void start() throws IOException, InterruptedException, SQLException;

    /** Why that drill cannot be run here; empty if it can. */
    Optional<String> lacks(Drill drill, Optional<PlantedBug> bug);

    /** What has to hold here; a target may have bounds of its own. */
    default List<Invariant> invariants(Drill drill) {
        return drill.invariants();
    }

    /** Callers begin to work. */
    void open(long seed) throws IOException, SQLException;

    /** How many callers work at a time, each on one piece of work. */
    int callers();

    /** What callers have been told since {@link #open}. */
    Counts counts();

    /**
     * Waits for the fault's moment and brings it about, with the bug where there is one.
     *
     * @param say hears what is done and seen, at once
     * @param meanwhile for a fault that heals one before it strikes the next
     * @return what heals it; empty if the moment never came, and nothing was done
     */
    Optional<Healing> strike(Fault fault, Optional<PlantedBug> bug, Consumer<String> say, Meanwhile meanwhile)
            throws IOException, InterruptedException, SQLException;

    /** Keeps a fault up until somebody was served. */
    @FunctionalInterface
    interface Meanwhile {
        /** Nobody asks whether anybody is. */
        Meanwhile NOT_ASKED = since -> {};

        /** Returns when somebody was served that began after now, or it took too long, which is judged. */
        void awaitServed(String since) throws InterruptedException;
    }

    /** Ends what was struck. */
    @FunctionalInterface
    interface Healing {
        /** Returns when all runs, and is joined, again. */
        void heal(Consumer<String> say) throws IOException, InterruptedException, SQLException;
    }

    /** No caller begins anything more; returns with the last answer. */
    void closeDoors() throws InterruptedException;

    /** Waits until nothing moves any more, {@code patience} at most. */
    Rest rest(Duration patience) throws IOException, InterruptedException, SQLException;

    /** Judges what the callers of this drill were told, and what is left of it. */
    Audit audit() throws IOException, InterruptedException, SQLException;

    /** Ends whatever was started. */
    @Override
    void close();

    /**
     * In sum.
     *
     * @param unknown how often that was told, whatever became of it
     */
    record Counts(long committed, long rolledBack, long unknown) {}

    /**
     * How all came to rest.
     *
     * @param preparedFor until nothing was prepared; empty if something stayed so
     */
    record Rest(Optional<Duration> preparedFor, int unknownLeft) {}
}
