package dev.assent.shop.fuzz;

import dev.assent.command.Commands;
import dev.assent.command.ExitCode;
import java.io.PrintWriter;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Damaged input by the million. */
@Command(
        name = "assent fuzz",
        mixinStandardHelpOptions = true,
        description = {
            "Feeds damaged input to everything that reads what comes over a network, and tells what is not refused as it"
                    + " should be: an Error, an exception that nobody expects, memory or time out of proportion.",
            ""
        },
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {"0:nothing was found", "2:wrong usage", "4:something was, and is told with the input"})
public final class Main implements Callable<Integer> {
    /** Between two looks at a decoder, which tell how far it is; who is at the same input at both hangs. */
    private static final long LOOK_SECONDS = 20;

    @Option(names = "--inputs", defaultValue = "200000", description = "For each decoder. Default: ${DEFAULT-VALUE}.")
    private long inputs;

    @Option(
            names = "--seed",
            defaultValue = "1",
            description = "The first; each input is one. Default: ${DEFAULT-VALUE}.")
    private long seed;

    @Option(names = "--only", paramLabel = "NAME", description = "One decoder.")
    private @Nullable String only;

    @Spec
    private CommandLine.Model.CommandSpec spec;

    @SuppressWarnings("NullAway.Init") // picocli sets what is annotated before it calls
    private Main() {}

    public static void main(String[] arguments) {
        Commands.run(
                () -> Commands.commandLine(new CommandLine(new Main())), "dev/assent/shop/gray/logback.xml", arguments);
    }

    @Override
    public Integer call() throws Exception {
        PrintWriter out = spec.commandLine().getOut();
        if (inputs < 1) {
            throw new CommandLine.ParameterException(spec.commandLine(), "--inputs is at least 1, not " + inputs);
        }
        List<Target> targets = Targets.all().stream()
                .filter(target -> only == null || target.name().equals(only))
                .toList();
        if (targets.isEmpty()) {
            String known = Targets.all().stream().map(Target::name).collect(Collectors.joining(", "));
            throw new CommandLine.ParameterException(
                    spec.commandLine(), "there is no decoder " + only + "; there are: " + known);
        }
        boolean clean = true;
        for (Target target : targets) {
            clean &= run(target, out);
        }
        return clean ? ExitCode.OK : ExitCode.FOUND;
    }

    private boolean run(Target target, PrintWriter out) {
        Fuzzing fuzzing = new Fuzzing(target);
        ScheduledExecutorService watch = Executors.newSingleThreadScheduledExecutor();
        try {
            Future<?> unused = watch.scheduleWithFixedDelay(
                    new Watch(fuzzing, target, out), LOOK_SECONDS, LOOK_SECONDS, TimeUnit.SECONDS);
            long begun = System.nanoTime();
            Fuzzing.Result result = fuzzing.run(seed, inputs);
            long millis = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - begun);
            out.printf(
                    "%-22s %,12d understood %,12d refused %3d findings %,8d ms%n",
                    target.name(),
                    result.understood(),
                    result.refused(),
                    result.findings().size(),
                    millis);
            result.findings().forEach(finding -> out.println("  " + finding));
            out.flush();
            return result.findings().isEmpty();
        } finally {
            watch.shutdownNow();
        }
    }

    /** The same input at two looks: it hangs, and nothing but the end of the process ends it. */
    private static final class Watch implements Runnable {
        private final Fuzzing fuzzing;
        private final Target target;
        private final PrintWriter out;
        private byte @Nullable [] last;

        Watch(Fuzzing fuzzing, Target target, PrintWriter out) {
            this.fuzzing = fuzzing;
            this.target = target;
            this.out = out;
        }

        @Override
        public void run() {
            byte[] now = fuzzing.current().orElse(null);
            if (now != null && now == last) {
                System.err.println(target.name() + " hangs with " + Fuzzing.shown(now));
                Runtime.getRuntime().halt(1);
            }
            last = now;
            out.printf("%-22s %,12d so far%n", target.name(), fuzzing.done());
            out.flush();
        }
    }
}
