package dev.assent.shop.drills.plan;

import java.time.Duration;

/** What is done. Each lasts, and is then healed: what was killed is started again, what was cut is joined. */
public sealed interface Fault {
    /** How long it stays so. */
    Duration lasts();

    /** In words, for a list and for a report. */
    String text();

    <R> R accept(Handler<R> handler);

    /** Which way nothing passes. */
    enum Direction {
        BOTH,
        /** What is asked arrives and is done; no answer comes back. */
        ANSWERS_LOST
    }

    /** What a disk does instead. */
    enum DiskTrouble {
        STALLS,
        FULL
    }

    /** SIGKILL. */
    record Kill(Role role, Moment moment, Duration lasts) implements Fault {
        @Override
        public String text() {
            return "kill -9 " + role.text() + " " + moment.text();
        }

        @Override
        public <R> R accept(Handler<R> handler) {
            return handler.kill(this);
        }
    }

    /** SIGSTOP. */
    record Freeze(Role role, Moment moment, Duration lasts) implements Fault {
        @Override
        public String text() {
            return "SIGSTOP " + role.text() + " " + moment.text();
        }

        @Override
        public <R> R accept(Handler<R> handler) {
            return handler.freeze(this);
        }
    }

    /** The role's processes run, and those who use it do not reach them. */
    record Partition(Role role, Moment moment, Direction direction, Duration lasts) implements Fault {
        @Override
        public String text() {
            String what =
                    switch (direction) {
                        case BOTH -> "nothing passes between the " + role.text() + " and the services";
                        case ANSWERS_LOST ->
                            "the services' requests reach the " + role.text() + ", its answers are lost";
                    };
            return what + ", " + moment.text();
        }

        @Override
        public <R> R accept(Handler<R> handler) {
            return handler.partition(this);
        }
    }

    /** The role's disk. */
    record Disk(Role role, DiskTrouble trouble, Duration lasts) implements Fault {
        @Override
        public String text() {
            return switch (trouble) {
                case STALLS -> "no sync of the " + role.text() + "'s disk returns";
                case FULL -> "the " + role.text() + "'s disk is full";
            };
        }

        @Override
        public <R> R accept(Handler<R> handler) {
            return handler.disk(this);
        }
    }

    /** What was published last, thousands of it, is published once more, old behind new. */
    record Duplicates() implements Fault {
        @Override
        public Duration lasts() {
            return Duration.ZERO;
        }

        @Override
        public String text() {
            return "the newest events are published again, the old ones behind the new";
        }

        @Override
        public <R> R accept(Handler<R> handler) {
            return handler.duplicates(this);
        }
    }

    /** SIGTERM to each node in turn; the next follows when the last one serves again. */
    record RollingRestart() implements Fault {
        @Override
        public Duration lasts() {
            return Duration.ZERO;
        }

        @Override
        public String text() {
            return "each node in turn is stopped with SIGTERM and started again";
        }

        @Override
        public <R> R accept(Handler<R> handler) {
            return handler.rollingRestart(this);
        }
    }

    /** The role's wall clock jumps ahead, and back again when it is healed. */
    record ClockAhead(Role role, Moment moment, Duration ahead, Duration lasts) implements Fault {
        @Override
        public String text() {
            return "the clock of the " + role.text() + " is " + ahead.toHours() + " h ahead, " + moment.text();
        }

        @Override
        public <R> R accept(Handler<R> handler) {
            return handler.clockAhead(this);
        }
    }

    /** The role's certificate expires while it runs, and its connections end; a new one is put there to heal it. */
    record Expiry(Role role, Duration lasts) implements Fault {
        @Override
        public String text() {
            return "the certificate of the " + role.text() + " expires, and its connections end";
        }

        @Override
        public <R> R accept(Handler<R> handler) {
            return handler.expiry(this);
        }
    }

    /** The role's host is lost with all that was on it; another one takes its place, under another name. */
    record HostLost(Role role, Moment moment, Duration lasts) implements Fault {
        @Override
        public String text() {
            return "kill -9 " + role.text() + " " + moment.text()
                    + ", and its disk is lost; it comes back elsewhere under another name";
        }

        @Override
        public <R> R accept(Handler<R> handler) {
            return handler.hostLost(this);
        }
    }

    /** One method for each, so that none is forgotten. */
    interface Handler<R> {
        R kill(Kill kill);

        R freeze(Freeze freeze);

        R partition(Partition partition);

        R disk(Disk disk);

        R duplicates(Duplicates duplicates);

        R rollingRestart(RollingRestart rollingRestart);

        R clockAhead(ClockAhead clockAhead);

        R expiry(Expiry expiry);

        R hostLost(HostLost hostLost);
    }
}
