package dev.assent.shop.fuzz;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Feeds one decoder, on this thread, and looks at what comes of it. */
final class Fuzzing {
    /** What an input may cost that is next to nothing, and what for each of its bytes. */
    static final long COST_BYTES = 256 << 10;

    static final long COST_PER_BYTE = 100;

    /** Of the processor, for one input. */
    static final long COST_NANOS_MAX = TimeUnit.SECONDS.toNanos(1);

    private static final int FINDINGS_MAX = 5;
    private static final int SHOWN_BYTES_MAX = 2_000;

    private final ThreadMXBean thread = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    private final Target target;
    private long understood;
    private long refused;
    private final List<String> findings = new ArrayList<>();
    private volatile long done;
    private volatile Optional<byte[]> current = Optional.empty();

    Fuzzing(Target target) {
        this.target = target;
    }

    /** What came of it: the findings name input and fault, and the seed that leads to both. */
    record Result(String name, long understood, long refused, List<String> findings) {}

    /** So many, of the seeds from {@code seed} on; each seed makes one input. */
    Result run(long seed, long inputs) {
        for (byte[] sample : target.samples()) {
            feed(sample, "a sample");
        }
        for (long number = seed; number < seed + inputs && findings.size() < FINDINGS_MAX; number++) {
            feed(new Damage(target, number).next(), "--only " + target.name() + " --seed " + number + " --inputs 1");
        }
        return new Result(target.name(), understood, refused, List.copyOf(findings));
    }

    /** Inputs that were taken well, as of the last one. */
    long done() {
        return done;
    }

    /** For who finds that it goes on for ever. */
    Optional<byte[]> current() {
        return current;
    }

    private void feed(byte[] input, String by) {
        current = Optional.of(input);
        Measured first = measured(input);
        // Who is the first to need a class pays for it, so what seems costly is looked at once more.
        Measured cost = first.isCostly(input.length) ? measured(input) : first;
        current = Optional.empty();
        done = understood + refused;
        Throwable thrown = first.thrown();
        if (thrown == null) {
            understood++;
        } else if (!target.mayThrow(thrown)) {
            found(input, by, "thrown: " + thrown + " at " + place(thrown));
        } else if (thrown.getMessage() == null || thrown.getMessage().isBlank()) {
            found(input, by, "refused without a word: " + thrown + " at " + place(thrown));
        } else {
            refused++;
        }
        if (cost.isCostly(input.length)) {
            found(
                    input,
                    by,
                    "it costs " + cost.bytes() + " B of memory and " + TimeUnit.NANOSECONDS.toMillis(cost.nanos())
                            + " ms, being " + input.length + " B long");
        }
    }

    /** What came of one input, and what that cost this thread. */
    private record Measured(@Nullable Throwable thrown, long bytes, long nanos) {
        boolean isCostly(int length) {
            return bytes > COST_BYTES + COST_PER_BYTE * length || nanos > COST_NANOS_MAX;
        }
    }

    private Measured measured(byte[] input) {
        long bytes = thread.getCurrentThreadAllocatedBytes();
        long nanos = thread.getCurrentThreadCpuTime();
        Throwable thrown = decoded(input.clone());
        return new Measured(
                thrown, thread.getCurrentThreadAllocatedBytes() - bytes, thread.getCurrentThreadCpuTime() - nanos);
    }

    /** Everything that a decoder may do wrong is caught here; an Error is what is looked for. */
    private @Nullable Throwable decoded(byte[] input) {
        try {
            target.decoder().decode(input);
            return null;
        } catch (Exception | Error thrown) {
            return thrown;
        }
    }

    private static String place(Throwable thrown) {
        StackTraceElement[] trace = thrown.getStackTrace();
        return trace.length == 0 ? "nowhere" : trace[0] + " ... " + trace[Math.min(trace.length - 1, 4)];
    }

    private void found(byte[] input, String by, String what) {
        findings.add(target.name() + " (" + by + "): " + what + "; " + shown(input));
    }

    static String shown(byte[] input) {
        return HexFormat.of().formatHex(input, 0, Math.min(input.length, SHOWN_BYTES_MAX))
                + (input.length > SHOWN_BYTES_MAX ? "... " + input.length + " B" : "");
    }
}
