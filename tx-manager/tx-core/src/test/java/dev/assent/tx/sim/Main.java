package dev.assent.tx.sim;

import dev.assent.tx.sim.threephase.ThreePhaseSeeds;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code ./assent simulate tx}: runs seeds of a commit protocol's simulation, or one seed again. */
@Command(
        name = "assent simulate tx",
        mixinStandardHelpOptions = true,
        version = "Assent 0.1.0",
        description = {
            "Runs a commit protocol's production classes in random schedules of crashes, lost, late and repeated",
            "messages, partitions and suspicions. Exit status 1 and the seed at the first broken rule.",
            "The last line's fingerprint is the same in every run of the same seeds, on any machine."
        })
public final class Main implements Runnable {
    private static final int PROGRESS_SEEDS = 10_000;

    /** The protocols that have a simulation, as they are written on the command line. */
    private enum Protocol {
        TWO_PHASE("2pc") {
            @Override
            Map<String, Integer> run(long seed) {
                return counted(new SwarmRun(Flaw.NONE, seed).run());
            }
        },
        THREE_PHASE("3pc") {
            @Override
            Map<String, Integer> run(long seed) {
                return counted(ThreePhaseSeeds.run(seed));
            }
        };

        private final String text;

        Protocol(String text) {
            this.text = text;
        }

        /** What one seed reached; throws what tells of a broken rule. */
        abstract Map<String, Integer> run(long seed);

        static Map<String, Integer> counted(Map<? extends Enum<?>, Integer> reached) {
            Map<String, Integer> named = new TreeMap<>();
            reached.forEach((what, count) -> named.put(what.name(), count));
            return named;
        }

        @Override
        public String toString() {
            return text;
        }
    }

    /** Written as the field writes it. */
    static final class ProtocolNames implements CommandLine.ITypeConverter<Object> {
        @Override
        public Object convert(String value) {
            for (Protocol protocol : Protocol.values()) {
                if (protocol.text.equals(value)) {
                    return protocol;
                }
            }
            throw new CommandLine.TypeConversionException("'" + value + "' is none of 2pc, 3pc");
        }
    }

    @Option(
            names = "--protocol",
            defaultValue = "3pc",
            converter = ProtocolNames.class,
            description = "2pc or 3pc" + " (default ${DEFAULT-VALUE})")
    private Protocol protocol = Protocol.THREE_PHASE;

    @Option(names = "--seeds", defaultValue = "10000", description = "how many seeds (default ${DEFAULT-VALUE})")
    private int seeds = 10_000;

    @Option(names = "--seed", defaultValue = "0", description = "the first seed (default ${DEFAULT-VALUE})")
    private long seed;

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
        Map<String, Integer> reached = new TreeMap<>();
        long fingerprint = 0;
        for (long next = seed; next < seed + seeds; next++) {
            Map<String, Integer> one = run(next);
            one.forEach((what, count) -> reached.merge(what, count, Integer::sum));
            fingerprint = 31 * fingerprint + one.toString().hashCode();
            if ((next - seed + 1) % PROGRESS_SEEDS == 0 && next - seed + 1 < seeds) {
                System.err.println((next - seed + 1) + " of " + seeds + " seeds, no violation");
            }
        }
        reached.forEach(
                (what, count) -> System.out.printf("%-40s %d%n", what.toLowerCase(java.util.Locale.ROOT), count));
        System.out.printf("protocol=%s seeds=%d violations=0 fingerprint=%016x%n", protocol, seeds, fingerprint);
    }

    private Map<String, Integer> run(long one) {
        try {
            return protocol.run(one);
        } catch (RuntimeException broken) {
            throw new IllegalStateException(
                    "seed " + one + ": " + broken.getMessage() + "; again with: ./assent simulate tx --protocol "
                            + protocol + " --seeds 1 --seed " + one,
                    broken);
        }
    }
}
