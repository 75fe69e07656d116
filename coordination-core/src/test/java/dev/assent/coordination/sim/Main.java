package dev.assent.coordination.sim;

import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code ./assent simulate}: runs seeds of the simulation, or one seed again. */
@Command(
        name = "assent simulate",
        mixinStandardHelpOptions = true,
        version = "Assent 0.1.0",
        description = {
            "Runs the replicated store's protocol on a simulated network and disk, with faults.",
            "The last line's fingerprint is the same in every run of the same seeds, on any machine."
        })
public final class Main implements Runnable {
    private static final int PROGRESS_SEEDS = 100;

    @Option(names = "--seeds", defaultValue = "1000", description = "how many seeds (default ${DEFAULT-VALUE})")
    private int seeds = 1000;

    @Option(names = "--seed", defaultValue = "1", description = "the first seed (default ${DEFAULT-VALUE})")
    private long seed = 1;

    @Spec
    private @Nullable CommandSpec spec;

    public static void main(String[] args) {
        System.exit(new CommandLine(new Main()).execute(args));
    }

    @Override
    public void run() {
        CommandSpec known = spec;
        if (seeds < 1 && known != null) {
            throw new CommandLine.ParameterException(known.commandLine(), "--seeds is at least 1, not " + seeds);
        }
        Coverage coverage = new Coverage();
        long events = 0;
        long transactions = 0;
        long fingerprint = 0;
        for (long next = seed; next < seed + seeds; next++) {
            Simulation.Report report = new Simulation(next, PlantedBug.NONE).run();
            coverage.add(report.coverage());
            events += report.events();
            transactions += report.transactions();
            fingerprint = 31 * fingerprint + report.fingerprint();
            progress(next - seed + 1);
            if (seeds == 1) {
                System.out.println(report.swarm());
            }
        }
        System.out.printf(
                "%sseeds=%d events=%d transactions=%d violations=0 fingerprint=%016x%n",
                coverage, seeds, events, transactions, fingerprint);
    }

    private void progress(long done) {
        if (done % PROGRESS_SEEDS == 0 && done < seeds) {
            System.err.println(done + " of " + seeds + " seeds, no violation");
        }
    }
}
