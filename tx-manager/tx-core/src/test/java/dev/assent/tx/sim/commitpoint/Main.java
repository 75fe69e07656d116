package dev.assent.tx.sim.commitpoint;

import java.util.EnumMap;
import java.util.Map;

/** {@code ./assent simulate tx --protocol commitpoint}: runs seeds, and tells what they reached. */
public final class Main {
    private static final String USAGE = "--seeds N (default 10000), --seed FIRST (default 0)";

    private Main() {}

    /** Two options, each with a number. */
    public static void main(String[] args) {
        System.exit(run(args));
    }

    private static int run(String[] args) {
        long seeds = 10_000;
        long first = 0;
        try {
            for (int at = 0; at < args.length; at += 2) {
                long number = Long.parseLong(args[at + 1]);
                switch (args[at]) {
                    case "--seeds" -> seeds = number;
                    case "--seed" -> first = number;
                    default -> throw new IllegalArgumentException("unknown option " + args[at]);
                }
            }
            if (seeds < 1 || first < 0) {
                throw new IllegalArgumentException("numbers are not negative, and there is at least one seed");
            }
        } catch (IllegalArgumentException | ArrayIndexOutOfBoundsException e) {
            System.err.println(e.getMessage() + "; " + USAGE);
            return 2;
        }
        return run(seeds, first);
    }

    private static int run(long seeds, long first) {
        Map<PointSwarm.Reached, Integer> reached = new EnumMap<>(PointSwarm.Reached.class);
        for (long seed = first; seed < first + seeds; seed++) {
            try {
                new PointSwarm(PointFlaw.NONE, seed)
                        .run()
                        .forEach((what, count) -> reached.merge(what, count, Integer::sum));
            } catch (PointViolation | IllegalStateException broken) {
                System.out.printf("seed=%d violation: %s%n", seed, broken.getMessage());
                return 1;
            }
        }
        System.out.printf("%s%nseeds=%d violations=0%n", reached, seeds);
        return 0;
    }
}
