package dev.assent.shop.fuzz;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A few seconds of {@code ./assent fuzz}, always the same. */
@Timeout(120)
final class FuzzTest {
    private static final long INPUTS = 3_000;

    @Test
    void whatever_comes_over_a_network_is_understood_or_refused() throws Exception {
        for (Target target : Targets.all()) {
            Fuzzing.Result result = new Fuzzing(target).run(1, INPUTS);

            assertThat(result.findings()).as(target.name()).isEmpty();
            assertThat(result.understood())
                    .as(target.name() + " understands its samples")
                    .isPositive();
            assertThat(result.refused() + result.understood())
                    .isEqualTo(INPUTS + target.samples().size());
        }
    }

    @Test
    void an_error_a_silent_refusal_and_a_costly_input_are_found() {
        List<byte[]> samples = List.of(new byte[] {1, 2, 3});
        assertThat(found(samples, input -> {
                    throw new StackOverflowError();
                }))
                .anyMatch(finding -> finding.contains("StackOverflowError") && finding.contains("--seed"));
        assertThat(found(samples, input -> {
                    throw new IllegalArgumentException();
                }))
                .anyMatch(finding -> finding.contains("without a word"));
        assertThat(found(samples, input -> {
                    assertThat(new byte[8 << 20]).hasSize(8 << 20);
                }))
                .anyMatch(finding -> finding.contains("B of memory"));
        assertThat(found(samples, input -> {
                    throw new IllegalArgumentException("no");
                }))
                .isEmpty();
    }

    private static List<String> found(List<byte[]> samples, Target.Decoder decoder) {
        Target target = new Target("planted", samples, List.of(), List.of(IllegalArgumentException.class), decoder);
        return new Fuzzing(target).run(1, 10).findings();
    }
}
