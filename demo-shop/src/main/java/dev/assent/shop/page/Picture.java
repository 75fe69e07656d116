package dev.assent.shop.page;

import java.util.List;
import java.util.Optional;

/**
 * Everything that is to be seen at one moment.
 *
 * @param open whether checkouts are possible
 * @param hands whether whoever looks may act: not in a run that ends by itself and is judged by its numbers
 * @param sinceStartMillis how long the demo has been running
 * @param steps of its start, in the order in which they began
 * @param news what happened lately, the newest first
 */
public record Picture(
        boolean open,
        boolean hands,
        long sinceStartMillis,
        List<Step> steps,
        List<Part> parts,
        Traffic traffic,
        Shop shop,
        List<Prepared> prepared,
        List<Check> checks,
        Drills drills,
        List<Line> news) {
    public Picture {
        steps = List.copyOf(steps);
        parts = List.copyOf(parts);
        prepared = List.copyOf(prepared);
        checks = List.copyOf(checks);
        news = List.copyOf(news);
    }

    /** How far something is. */
    public enum Progress {
        WAITING,
        DOING,
        DONE,
        FAILED
    }

    /**
     * A step of the start.
     *
     * @param waitsFor what it cannot go on without; empty once it has begun
     * @param millis it has taken so far
     */
    public record Step(String name, Progress progress, String waitsFor, long millis) {}

    /** What a part is for. */
    public enum Kind {
        NODE,
        SERVICE,
        DATABASE,
        BROKER,
        RELAY
    }

    /** How a part is. */
    public enum State {
        STARTING,
        UP,
        /** It runs, and gets no time to do anything. */
        FROZEN,
        /** It runs, and does not answer. */
        SILENT,
        DEAD
    }

    /**
     * One process of the system.
     *
     * @param leads whether it is the node that leads most
     * @param note what it does just now, for a person
     * @param link where more of it can be seen
     */
    public record Part(String name, Kind kind, State state, boolean leads, String note, Optional<String> link) {}

    /**
     * How much goes on.
     *
     * @param customers who shop by themselves; {@code customersMax} of them at most
     * @param committed since the start, as are {@code rolledBack} and {@code unknown}
     * @param messages rows that wait in the outbox
     * @param seconds the last ones, the newest at the end
     */
    public record Traffic(
            int customers,
            int customersMax,
            long committed,
            long rolledBack,
            long unknown,
            long messages,
            List<Second> seconds) {
        public Traffic {
            seconds = List.copyOf(seconds);
        }
    }

    /** What customers were told in one second. */
    public record Second(long epochSecond, long committed, long rolledBack, long unknown) {}

    /** What is for sale, to whom, how, and what was ordered lately. */
    public record Shop(List<Shelf> shelves, List<String> customers, List<Flow> flows, List<Ordered> orders) {
        public Shop {
            shelves = List.copyOf(shelves);
            customers = List.copyOf(customers);
            flows = List.copyOf(flows);
            orders = List.copyOf(orders);
        }
    }

    /** One item. */
    public record Shelf(String item, long priceCents, long available) {}

    /** A way to buy, and what it means. */
    public record Flow(String name, String text) {}

    /**
     * One order.
     *
     * @param status in words
     * @param actions what can be done with it: {@code refund}, {@code cancel}
     */
    public record Ordered(
            String id,
            String customer,
            String item,
            long quantity,
            long amountCents,
            String flow,
            String status,
            Mood mood,
            String reason,
            long ageMillis,
            List<String> actions) {
        public Ordered {
            actions = List.copyOf(actions);
        }
    }

    /** Whether something is as it should be. */
    public enum Mood {
        GOOD,
        /** On its way: it has not come to its end, and may take its time. */
        WAITING,
        BAD
    }

    /** A branch in doubt. */
    public record Prepared(String database, String id, long ageMillis, long waiters) {}

    /** Something that must hold, and whether it does. */
    public record Check(String name, Mood mood, String reason) {}

    /**
     * What can be rehearsed, and what is.
     *
     * @param last the one under way, or the last one
     */
    public record Drills(List<Drill> all, Optional<Rehearsal> last) {
        public Drills {
            all = List.copyOf(all);
        }
    }

    /**
     * A drill.
     *
     * @param lacks why it cannot be run here
     */
    public record Drill(String name, String hypothesis, String fault, Optional<String> lacks) {}

    /**
     * One drill's run.
     *
     * @param phase where it is
     * @param progress DONE if all held, FAILED if something did not
     */
    public record Rehearsal(String drill, Progress progress, String phase, List<Line> lines) {
        public Rehearsal {
            lines = List.copyOf(lines);
        }
    }

    /** Something that happened. */
    public record Line(long epochMillis, String text) {}
}
