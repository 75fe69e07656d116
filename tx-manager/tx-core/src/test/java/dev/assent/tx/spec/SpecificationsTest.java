package dev.assent.tx.spec;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SpecificationsTest {

    @ParameterizedTest
    @ValueSource(strings = {"TwoPhaseCommitCheck", "CommitPointCheck", "ThreePhaseCommitCheck", "SagaStepsCheck"})
    void a_protocol_is_safe_and_each_of_its_clauses_is_needed(String module, @TempDir Path directory) throws Exception {
        Tlc run = Tlc.check(module, directory);

        assertThat(run.exitCode()).as(run.output()).isZero();
        assertThat(run.output()).contains("Model checking completed. No error has been found.");
        assertThat(run.broken()).isEqualTo(Tlc.clauses(module)).hasSizeGreaterThan(3);
    }
}
