package dev.assent.shop.gray;

import java.time.Duration;
import java.util.List;
import java.util.Map;

/**
 * What was measured in one row, and what did not hold.
 *
 * @param shortfalls figures that fell short: of throughput, of waiting
 * @param faults what is wrong however fast the machine is
 */
record Report(
        List<Throughput> bystanders,
        List<Waited> waits,
        Map<Told, Integer> told,
        Held sessions,
        Duration untilNothingPrepared,
        List<String> shortfalls,
        List<String> faults) {

    Report {
        bystanders = List.copyOf(bystanders);
        waits = List.copyOf(waits);
        shortfalls = List.copyOf(shortfalls);
        faults = List.copyOf(faults);
    }

    /** Achieved calls a second before, during and after the fault. */
    record Throughput(String who, double before, double during, double after) {
        double ratio() {
            return before == 0 ? 0 : during / before;
        }
    }

    /** The longest wait of anybody, beside what is allowed. */
    record Waited(String who, Duration longest, Duration bound) {}

    /** Sessions of this row. */
    record Held(int count, int returned, int expired) {}

    boolean holds() {
        return faults.isEmpty() && shortfalls.isEmpty();
    }
}
