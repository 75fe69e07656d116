package dev.assent.coordination.sim;

import dev.assent.command.Commands;
import dev.assent.command.ExitCode;
import dev.assent.command.Version;
import dev.assent.settings.SettingsException;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code ./assent simulate}: runs seeds of the simulation, or one seed again. */
@Command(
        name = "assent simulate",
        mixinStandardHelpOptions = true,
        version = Version.TEXT,
        description = {
            "Runs the replicated store's protocol on a simulated network and disk, with faults.",
            "The last line's fingerprint is the same in every run of the same seeds, on any machine.",
            ""
        },
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {
            "0:every invariant held",
            "2:wrong usage",
            "4:one was broken; the last line says which, and how to see it again"
        })
public final class Main implements Callable<Integer> {
    private static final int PROGRESS_SEEDS = 100;

    @Option(names = "--seeds", defaultValue = "1000", description = "how many seeds (default ${DEFAULT-VALUE})")
    private int seeds = 1000;

    @Option(names = "--seed", defaultValue = "1", description = "the first seed (default ${DEFAULT-VALUE})")
    private long seed = 1;

    public static void main(String[] args) {
        Commands.run(Main::new, args);
    }

    @Override
    public Integer call() throws SettingsException {
        if (seeds < 1) {
            throw new SettingsException("--seeds is at least 1, not " + seeds);
        }
        Coverage coverage = new Coverage();
        long events = 0;
        long transactions = 0;
        long fingerprint = 0;
        for (long next = seed; next < seed + seeds; next++) {
            Simulation.Report report;
            try {
                report = new Simulation(next, PlantedBug.NONE).run();
            } catch (Simulation.Failed broken) {
                System.out.println(broken.getMessage());
                return ExitCode.FOUND;
            }
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
        return ExitCode.OK;
    }

    private void progress(long done) {
        if (done % PROGRESS_SEEDS == 0 && done < seeds) {
            System.err.println(done + " of " + seeds + " seeds, no violation");
        }
    }
}
