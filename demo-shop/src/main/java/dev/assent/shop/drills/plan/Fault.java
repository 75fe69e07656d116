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

    /** Everything that was ever published is published once more, old behind new. */
    record Duplicates() implements Fault {
        @Override
        public Duration lasts() {
            return Duration.ZERO;
        }

        @Override
        public String text() {
            return "every event is published again, the old ones behind the new";
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

    /** One method for each, so that none is forgotten. */
    interface Handler<R> {
        R kill(Kill kill);

        R freeze(Freeze freeze);

        R partition(Partition partition);

        R disk(Disk disk);

        R duplicates(Duplicates duplicates);

        R rollingRestart(RollingRestart rollingRestart);
    }
}
