package dev.assent.shop.drills.run;

import dev.assent.shop.drills.plan.Drill;
import dev.assent.shop.drills.plan.PlantedBug;
import dev.assent.shop.drills.plan.Seen;
import dev.assent.shop.drills.plan.Verdict;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;

/** One run of a drill, judged. */
public record Result(
        Drill drill, String target, int round, long seed, Optional<PlantedBug> bug, Seen seen, List<Verdict> verdicts) {
    public Result {
        verdicts = List.copyOf(verdicts);
    }

    public boolean held() {
        return verdicts.stream().allMatch(Verdict::held);
    }

    /** What did not hold. */
    public List<Verdict> broken() {
        return verdicts.stream().filter(verdict -> !verdict.held()).toList();
    }

    /** What is wrong on however slow a machine: what did not hold, but for what was late only. */
    public List<Verdict> wrong() {
        return verdicts.stream()
                .filter(verdict -> verdict.outcome() == Verdict.Outcome.BROKEN)
                .toList();
    }

    /** One line for scripts. */
    public String line() {
        long strike = seen.struckAtMillis().orElse(0L);
        return String.format(
                Locale.ROOT,
                "drill=%s round=%d seed=%d bug=%s committed=%d rolledBack=%d unknown=%d longestPauseMillis=%d %s",
                drill.name(),
                round,
                seed,
                bug.map(PlantedBug::option).orElse("none"),
                seen.total().committed(),
                seen.total().rolledBack(),
                seen.total().unknown(),
                seen.longestPauseMillis(strike),
                held() ? "held" : "VIOLATED");
    }

    /** Every reason in one line. */
    public String reasons() {
        return broken().stream()
                .map(verdict -> verdict.invariant() + ": " + verdict.reason())
                .collect(Collectors.joining(" | "));
    }
}
