package dev.assent.shop.drills;

import dev.assent.command.ExitCode;
import dev.assent.coordination.server.FreePorts;
import dev.assent.settings.SettingsException;
import dev.assent.shop.drills.plan.Catalogue;
import dev.assent.shop.drills.plan.Drill;
import dev.assent.shop.drills.plan.PlantedBug;
import dev.assent.shop.drills.plan.Verdict;
import dev.assent.shop.drills.report.NotRun;
import dev.assent.shop.drills.report.Reports;
import dev.assent.shop.drills.run.DrillRun;
import dev.assent.shop.drills.run.DrillTarget;
import dev.assent.shop.drills.run.Result;
import dev.assent.shop.drills.shop.ShopTarget;
import dev.assent.shop.drills.system.SystemTarget;
import dev.assent.shop.platform.Workplace;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Runs drills. */
@Command(
        name = "run",
        mixinStandardHelpOptions = true,
        description = {
            "Runs drills one after the other on one system: a baseline is measured, the fault comes, is healed, and",
            "everything that has to hold is judged. The last line of each run says how it went.",
            ""
        },
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {
            "0:everything held",
            "1:something could not be started, struck or healed",
            "2:wrong usage, or the file that describes the system is wrong",
            "4:something did not hold; the lines marked VIOLATED say what, those marked LATE what took too long only",
            "5:what ran held, but a drill could not run here; the lines marked NOT RUN say which, and why"
        })
final class RunCommand implements Callable<Integer> {
    private static final int LEFT_OUT = 5;
    private static final String DEMO = "demo";
    private static final String ALL = "all";

    @Parameters(arity = "1..*", paramLabel = "NAME", description = "Drills by name, or 'all'.")
    private List<String> names = List.of();

    @Option(
            names = "--against",
            paramLabel = "demo|FILE.yaml",
            defaultValue = DEMO,
            description = "The demo's shop, or the file that describes a system. Default: demo.")
    private String against = DEMO;

    @Option(names = "--rounds", defaultValue = "1", description = "How often each. Default: 1.")
    private int rounds = 1;

    @Option(names = "--seed", defaultValue = "1", description = "Draws what callers do; each round adds 1. Default: 1.")
    private long seed = 1;

    @Option(names = "--report", paramLabel = "DIR", description = "Writes drills.html and drills.xml there.")
    private @Nullable Path report;

    @Option(
            names = "--planted-bug",
            description =
                    "Switches the protection off that each drill rehearses: they have to turn red, and the exit code"
                            + " is 4.")
    private boolean planted;

    @Mixin
    private final Workplace workplace = new Workplace();

    private final PrintStream out = System.out;
    private final List<Result> results = new ArrayList<>();
    private final List<NotRun> notRun = new ArrayList<>();
    private int systems;

    /** The system, while there is one. Ended by a signal, too. */
    private volatile @Nullable DrillTarget running;

    @Override
    public Integer call() throws SettingsException, IOException, SQLException, InterruptedException {
        List<Drill> drills = wanted();
        Path home = workplace.of("drill");
        Runtime.getRuntime().addShutdownHook(new Thread(this::end, "end-of-the-drill"));
        try {
            for (int round = 1; round <= rounds; round++) {
                for (Drill drill : drills) {
                    run(drill, round, home);
                }
            }
        } finally {
            end();
            if (report != null) {
                Reports.write(report, results, notRun);
                out.println("report: " + report.resolve(Reports.PAGE).toAbsolutePath());
            }
        }
        return exitCode();
    }

    private List<Drill> wanted() throws SettingsException {
        if (rounds < 1) {
            throw new SettingsException("--rounds is at least 1");
        }
        if (names.equals(List.of(ALL))) {
            return Catalogue.all();
        }
        List<Drill> drills = new ArrayList<>();
        for (String name : names) {
            drills.add(Catalogue.named(name)
                    .orElseThrow(() -> new SettingsException(
                            "there is no drill '" + name + "'; 'assent drill list' names those there are")));
        }
        return drills;
    }

    private void run(Drill drill, int round, Path home)
            throws SettingsException, IOException, SQLException, InterruptedException {
        DrillTarget target = started(home);
        Optional<PlantedBug> bug = planted ? Optional.of(drill.bug()) : Optional.empty();
        Optional<String> lacks = target.lacks(drill, bug);
        if (lacks.isPresent()) {
            notRun.add(new NotRun(drill.name(), lacks.get()));
            out.println("NOT RUN  " + drill.name() + ": " + lacks.get());
            return;
        }
        out.println("=== " + drill.name() + ", round " + round + ": " + drill.hypothesis());
        Result result =
                new DrillRun(target, DrillRun.Pace.STANDARD, out::println).run(drill, bug, round, seed + round - 1);
        results.add(result);
        result.broken().forEach(verdict -> out.println(mark(verdict) + verdict.invariant() + ": " + verdict.reason()));
        out.println(result.line());
        out.flush();
        if (!result.held()) {
            end(); // What is wrong stays wrong: the next drill begins on a system of its own.
        }
    }

    private static String mark(Verdict verdict) {
        return switch (verdict.outcome()) {
            case BROKEN -> "VIOLATED  ";
            case LATE -> "LATE      ";
            case HELD -> "HELD      ";
        };
    }

    /** The system that runs, or a new one. */
    private DrillTarget started(Path home) throws SettingsException, IOException, SQLException, InterruptedException {
        DrillTarget present = running;
        if (present == null) {
            systems++;
            Path logs = home.resolve("system-" + systems);
            present = against.equals(DEMO)
                    ? ShopTarget.in(logs, Optional.empty(), out::println)
                    : SystemTarget.of(description(), logs, new FreePorts(new SplittableRandom())::next, out::println);
            running = present;
            present.start();
        }
        return present;
    }

    private Path description() throws SettingsException {
        Path file = Path.of(against);
        if (!Files.isRegularFile(file)) {
            throw new SettingsException(
                    "--against is 'demo' or a file that describes a system, and there is no file " + file);
        }
        return file;
    }

    private synchronized void end() {
        DrillTarget present = running;
        running = null;
        if (present != null) {
            present.close();
        }
    }

    private int exitCode() {
        long held = results.stream().filter(Result::held).count();
        out.println("drills=" + results.size() + " held=" + held + " notRun=" + notRun.size());
        if (held < results.size()) {
            return ExitCode.FOUND;
        }
        return notRun.isEmpty() ? ExitCode.OK : LEFT_OUT;
    }
}
