package dev.assent.tx.sim;

import dev.assent.command.Commands;
import dev.assent.command.ExitCode;
import dev.assent.command.Version;
import dev.assent.flight.FlightRecording;
import dev.assent.settings.SettingsException;
import dev.assent.tx.replay.Replay;
import dev.assent.tx.replay.ReplayVerdict;
import dev.assent.tx.sim.commitpoint.PointSeeds;
import dev.assent.tx.sim.threephase.ThreePhaseSeeds;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.concurrent.Callable;
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
        version = Version.TEXT,
        description = {
            "Runs a commit protocol's production classes in random schedules of crashes, lost, late and repeated",
            "messages, partitions and suspicions; or, with --replay, in the one that a flight recorder kept.",
            "The last line's fingerprint is the same in every run of the same seeds, on any machine.",
            ""
        },
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {
            "0:every rule held; the replay came to the recorded state",
            "2:wrong usage, or no recording that can be replayed",
            "4:a rule was broken, or the replay came to something else; the last line says which"
        })
public final class Main implements Callable<Integer> {
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
        },
        COMMIT_POINT("commitpoint") {
            @Override
            Map<String, Integer> run(long seed) {
                return counted(PointSeeds.run(seed));
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
            throw new CommandLine.TypeConversionException("'" + value + "' is none of 2pc, 3pc, commitpoint");
        }
    }

    @Option(
            names = "--protocol",
            defaultValue = "3pc",
            converter = ProtocolNames.class,
            description = "2pc, 3pc or commitpoint (default ${DEFAULT-VALUE})")
    private Protocol protocol = Protocol.THREE_PHASE;

    @Option(names = "--seeds", defaultValue = "10000", description = "how many seeds (default ${DEFAULT-VALUE})")
    private int seeds = 10_000;

    @Option(names = "--seed", defaultValue = "0", description = "the first seed (default ${DEFAULT-VALUE})")
    private long seed;

    @Option(
            names = "--replay",
            paramLabel = "FILE",
            description = "leads the production machine through a file of ./assent tx export instead, and compares")
    private @Nullable Path recording;

    @Spec
    private @Nullable CommandSpec spec;

    public static void main(String[] args) {
        Commands.run(Main::new, args);
    }

    @Override
    public Integer call() throws SettingsException, IOException {
        Path file = recording;
        return file == null ? simulate() : replay(file);
    }

    private int replay(Path file) throws SettingsException, IOException {
        ReplayVerdict verdict;
        try {
            verdict = Replay.of(FlightRecording.read(file));
        } catch (IllegalArgumentException unreadable) {
            throw new SettingsException(String.valueOf(unreadable.getMessage()), unreadable);
        }
        PrintWriter out = Objects.requireNonNull(spec).commandLine().getOut();
        out.printf(
                "transaction=%s machine=%s steps=%d %s%n",
                verdict.transaction(), verdict.machine(), verdict.steps(), verdict.ended() ? "ended" : "cut");
        verdict.notes().forEach(out::println);
        out.println("recorded " + verdict.recorded());
        out.println("replayed " + verdict.replayed());
        out.println(verdict.divergence().map(where -> "DIVERGED: " + where).orElse("same=true"));
        out.flush();
        return verdict.divergence().isEmpty() ? ExitCode.OK : ExitCode.FOUND;
    }

    private int simulate() throws SettingsException {
        if (seeds < 1 || seed < 0) {
            throw new SettingsException("--seeds is at least 1, --seed at least 0; not " + seeds + " and " + seed);
        }
        Map<String, Integer> reached = new TreeMap<>();
        long fingerprint = 0;
        for (long next = seed; next < seed + seeds; next++) {
            Map<String, Integer> one;
            try {
                one = protocol.run(next);
            } catch (RuntimeException broken) {
                System.out.printf(
                        "seed=%d violation: %s; again with: ./assent simulate tx --protocol %s --seeds 1 --seed %d%n",
                        next, broken, protocol, next);
                return ExitCode.FOUND;
            }
            one.forEach((what, count) -> reached.merge(what, count, Integer::sum));
            fingerprint = 31 * fingerprint + one.toString().hashCode();
            if ((next - seed + 1) % PROGRESS_SEEDS == 0 && next - seed + 1 < seeds) {
                System.err.println((next - seed + 1) + " of " + seeds + " seeds, no violation");
            }
        }
        reached.forEach((what, count) -> System.out.printf("%-40s %d%n", what.toLowerCase(Locale.ROOT), count));
        System.out.printf("protocol=%s seeds=%d violations=0 fingerprint=%016x%n", protocol, seeds, fingerprint);
        return ExitCode.OK;
    }
}
