package dev.assent.shop.takeover;

import dev.assent.shop.gray.Databases;
import dev.assent.shop.gray.Signals;
import dev.assent.shop.gray.Told;
import dev.assent.shop.platform.Pauses;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.time.LocalTime;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Rounds in which the leading node is killed, or frozen, under load. */
final class Takeovers {
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final Duration SPREAD_PATIENCE = Duration.ofSeconds(5);
    private static final int STEADY_COMMITS = 20;
    private static final int COMMITS_AFTER = 10;
    private static final Duration PREPARED_PATIENCE = Duration.ofSeconds(60);
    private static final long LOOK_MILLIS = 100;

    private final Path directory;
    private final PrintStream out;

    /** What is done to the leading node. */
    enum Fault {
        KILL,
        FREEZE;

        String text() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /** What was measured. */
    record Result(List<Duration> kills, List<Duration> freezes, List<String> lies, int unknown, long prepared) {}

    Takeovers(Path directory, PrintStream out) {
        this.directory = directory;
        this.out = out;
    }

    Result run(int kills, int freezes) throws IOException, InterruptedException, SQLException {
        try (Fleet fleet = Fleet.in(directory, this::progress)) {
            Databases databases = fleet.start();
            try (Customers customers = Customers.start(fleet.targets(), databases)) {
                List<Duration> killed = rounds(Fault.KILL, kills, fleet, customers);
                List<Duration> frozen = rounds(Fault.FREEZE, freezes, fleet, customers);
                customers.stop();
                long prepared = awaitNothingPrepared(databases);
                out.println("told " + customers.counts() + ", prepared at the end " + prepared);
                tellLeft(databases, customers, out);
                customers.reasons().forEach((reason, count) -> out.println("refused " + count + " times: " + reason));
                return new Result(
                        killed, frozen, customers.lies(), customers.counts().getOrDefault(Told.UNKNOWN, 0), prepared);
            }
        }
    }

    private void progress(String what) {
        out.println("  " + what);
        out.flush();
    }

    /** The longest that any customer waited in each round. */
    List<Duration> rounds(Fault fault, int count, Fleet fleet, Customers customers)
            throws IOException, InterruptedException {
        List<Duration> pauses = new ArrayList<>();
        for (int round = 1; round <= count; round++) {
            boolean unused = fleet.awaitSpread(SPREAD_PATIENCE);
            customers.awaitCommits(STEADY_COMMITS, PATIENCE);
            int victim = fleet.leader();
            int shards = fleet.led(victim).size();
            customers.measureAnew();
            LocalTime struck = LocalTime.now(ZoneId.systemDefault());
            strike(fault, fleet, victim);
            customers.awaitCommits(COMMITS_AFTER, PATIENCE);
            Duration pause = customers.longestPause();
            pauses.add(pause);
            out.printf(
                    Locale.ROOT,
                    "round=%d fault=%s victim=%s shards=%d longestPauseMillis=%d %s slowest[%s]%n",
                    round,
                    fault.text(),
                    Fleet.name(victim),
                    shards,
                    pause.toMillis(),
                    fleet.phasesSince(struck),
                    customers.slowest());
            out.flush();
            heal(fault, fleet, victim);
        }
        return pauses;
    }

    private static void strike(Fault fault, Fleet fleet, int victim) throws IOException, InterruptedException {
        switch (fault) {
            case KILL -> fleet.process(victim).kill();
            case FREEZE -> Signals.freeze(fleet.process(victim));
        }
    }

    private static void heal(Fault fault, Fleet fleet, int victim) throws IOException, InterruptedException {
        switch (fault) {
            case KILL -> fleet.restart(victim);
            case FREEZE -> Signals.thaw(fleet.process(victim));
        }
    }

    /** Of each branch that is still prepared: who began it, since when it is, who should end it, and what is known. */
    static void tellLeft(Databases databases, Customers customers, PrintStream out) throws SQLException {
        for (Databases.Held held : databases.held()) {
            out.println("PREPARED  " + Leftover.describe(held, customers::outcome, System.currentTimeMillis()));
        }
        customers.causes().forEach((cause, count) -> out.println("rolled back " + count + " times: " + cause));
    }

    static long awaitNothingPrepared(Databases databases) throws SQLException, InterruptedException {
        long giveUpNanos = System.nanoTime() + PREPARED_PATIENCE.toNanos();
        long prepared = databases.prepared();
        while (prepared > 0 && System.nanoTime() - giveUpNanos < 0) {
            Pauses.pause(LOOK_MILLIS);
            prepared = databases.prepared();
        }
        return prepared;
    }
}
