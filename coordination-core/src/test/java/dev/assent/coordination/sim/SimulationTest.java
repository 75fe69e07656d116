package dev.assent.coordination.sim;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** ZAB's properties on many simulated runs, and evidence that the runs go where it hurts. */
class SimulationTest {
    private static final long FIRST_SEED = 1;

    private static int seeds() {
        return Integer.getInteger("assent.seeds", 200);
    }

    @Test
    void no_seed_breaks_a_property_and_every_fault_and_state_is_reached() {
        Coverage coverage = new Coverage();

        for (long seed = FIRST_SEED; seed < FIRST_SEED + seeds(); seed++) {
            coverage.add(new Simulation(seed, PlantedBug.NONE).run().coverage());
        }

        List<Coverage.Point> missed = new ArrayList<>();
        for (Coverage.Point point : Coverage.Point.values()) {
            if (coverage.count(point) == 0 && !Coverage.RARE.contains(point)) {
                missed.add(point);
            }
        }
        if (seeds() >= 100) {
            assertThat(missed).as("reached in %d seeds:%n%s", seeds(), coverage).isEmpty();
        }
    }

    @Test
    void a_seed_always_gives_the_same_run() {
        for (long seed = FIRST_SEED; seed < FIRST_SEED + 3; seed++) {
            Simulation.Report once = new Simulation(seed, PlantedBug.NONE).run();
            Simulation.Report again = new Simulation(seed, PlantedBug.NONE).run();

            assertThat(again.fingerprint()).isEqualTo(once.fingerprint());
            assertThat(again.events()).isEqualTo(once.events());
        }
    }

    /** Identity hashes and the like differ between processes, and between these two by order. */
    @Test
    void a_seed_gives_the_same_run_in_another_process() throws Exception {
        String one = lastLine("-XX:hashCode=2");
        String other = lastLine("-XX:hashCode=5");

        assertThat(one).contains("seeds=3 ").contains("violations=0 fingerprint=");
        assertThat(other).isEqualTo(one);
    }

    private static String lastLine(String hashOption) throws Exception {
        Process process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-XX:+UnlockExperimentalVMOptions",
                        hashOption,
                        "-cp",
                        System.getProperty("java.class.path"),
                        Main.class.getName(),
                        "--seeds",
                        "3")
                .redirectErrorStream(true)
                .start();
        try {
            String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            assertThat(process.waitFor()).as(output).isZero();
            return output.lines().reduce("", (before, line) -> line);
        } finally {
            process.destroyForcibly();
        }
    }

    @Test
    void seeds_differ() {
        assertThat(new Simulation(1, PlantedBug.NONE).run().fingerprint())
                .isNotEqualTo(new Simulation(2, PlantedBug.NONE).run().fingerprint());
    }
}
