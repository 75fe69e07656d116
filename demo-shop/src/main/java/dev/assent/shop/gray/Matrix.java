package dev.assent.shop.gray;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** Runs rows one after the other on one stage, and prints what was measured. */
final class Matrix {
    private static final int MEASURED_MAX = 4;

    private final Path directory;
    private final PrintStream out;
    private final long begunNanos = System.nanoTime();

    Matrix(Path directory, PrintStream out) {
        this.directory = directory;
        this.out = out;
    }

    /**
     * What came of it.
     *
     * @param held names of rows in which everything held
     * @param violated names of rows in which something did not
     * @param notRun names of rows whose means are missing here
     */
    record Result(List<String> held, List<String> violated, List<String> notRun) {
        private static final int VIOLATED = 4;
        private static final int NOT_RUN = 5;

        int exitCode() {
            return !violated.isEmpty() ? VIOLATED : !notRun.isEmpty() ? NOT_RUN : 0;
        }
    }

    /** @throws IOException something could not be started */
    Result run(List<Row> rows) throws IOException, InterruptedException {
        Optional<Path> library = SlowDisk.compileInto(directory.resolve("slow-disk"));
        Result result = new Result(new ArrayList<>(), new ArrayList<>(), new ArrayList<>());
        try (Stage stage = new Stage(directory.toAbsolutePath(), library, this::progress)) {
            Thread end = new Thread(stage::close, "end-of-the-run");
            Runtime.getRuntime().addShutdownHook(end);
            stage.start();
            for (Row row : rows) {
                if (row.needsSlowDisk() && library.isEmpty()) {
                    out.println(
                            "NOT RUN   " + row.name() + ": there is no C compiler (cc, gcc or clang) on this machine");
                    result.notRun().add(row.name());
                } else {
                    (holds(stage, row) ? result.held() : result.violated()).add(row.name());
                }
            }
            Runtime.getRuntime().removeShutdownHook(end);
        } catch (SQLException failed) {
            throw new IOException(failed.getMessage(), failed);
        }
        out.println("held=" + result.held().size() + " violated=" + result.violated() + " notRun=" + result.notRun());
        return result;
    }

    /** Figures that fall short are measured again, a few times, as the machine may have been busy with something else. */
    private boolean holds(Stage stage, Row row) throws IOException, InterruptedException {
        Report report = measure(stage, row);
        for (int times = 1;
                times < MEASURED_MAX
                        && report.faults().isEmpty()
                        && !report.shortfalls().isEmpty();
                times++) {
            out.println("AGAIN     " + row.name());
            report = measure(stage, row);
        }
        return report.holds();
    }

    private Report measure(Stage stage, Row row) throws IOException, InterruptedException {
        progress(row.name() + ": " + row.what());
        try {
            Report report = new Trial(stage, this::progress).run(row);
            print(row, report);
            return report;
        } catch (IOException | InterruptedException | RuntimeException ended) {
            throw ended;
        } catch (Exception failed) {
            throw new IOException(row.name() + " could not be run: " + failed, failed);
        }
    }

    private void print(Row row, Report report) {
        for (Report.Throughput rate : report.bystanders()) {
            out.printf(
                    Locale.ROOT,
                    "          %-40s before %7.1f/s  during %7.1f/s (%3.0f %%)  after %7.1f/s%n",
                    rate.who(),
                    rate.before(),
                    rate.during(),
                    100 * rate.ratio(),
                    rate.after());
        }
        for (Report.Waited waited : report.waits()) {
            out.printf(
                    Locale.ROOT,
                    "          %-40s longest wait %d ms of %d%n",
                    waited.who(),
                    waited.longest().toMillis(),
                    waited.bound().toMillis());
        }
        out.printf(
                Locale.ROOT,
                "          sessions %d, returns %d, expired %d; told %s; nothing prepared after %d ms%n",
                report.sessions().count(),
                report.sessions().returned(),
                report.sessions().expired(),
                report.told(),
                report.untilNothingPrepared().toMillis());
        report.shortfalls().forEach(fault -> out.println("SHORT     " + row.name() + ": " + fault));
        report.faults().forEach(fault -> out.println("VIOLATED  " + row.name() + ": " + fault));
        out.println((report.holds() ? "HELD      " : "BROKEN    ") + row.name());
        out.flush();
    }

    private void progress(String what) {
        out.printf(Locale.ROOT, "%6.1f s  %s%n", (System.nanoTime() - begunNanos) / 1e9, what);
        out.flush();
    }
}
