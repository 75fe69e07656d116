package dev.assent.shop.drills.plan;

import java.time.Duration;

/** What has to hold in a drill. {@link Judgement} says whether it did. */
public sealed interface Invariant {
    /** In words, with its bound. */
    String text();

    <R> R accept(Handler<R> handler);

    /** What callers were told is what the databases hold. */
    record AnswersTrue() implements Invariant {
        @Override
        public String text() {
            return "every answer is true";
        }

        @Override
        public <R> R accept(Handler<R> handler) {
            return handler.answersTrue(this);
        }
    }

    /** No work and no event is lost, none is done twice. */
    record NothingLostOrDoubled() implements Invariant {
        @Override
        public String text() {
            return "nothing is lost, nothing done twice";
        }

        @Override
        public <R> R accept(Handler<R> handler) {
            return handler.nothingLostOrDoubled(this);
        }
    }

    /** Counted from the last answer on. */
    record NothingPreparedAfter(Duration bound) implements Invariant {
        @Override
        public String text() {
            return "nothing is prepared " + bound.toSeconds() + " s after the last answer";
        }

        @Override
        public <R> R accept(Handler<R> handler) {
            return handler.nothingPreparedAfter(this);
        }
    }

    /**
     * From one commit to the next, over all callers together, from the strike to the end.
     *
     * @param name says whose bound that is
     */
    record PauseAtMost(String name, Duration bound) implements Invariant {
        @Override
        public String text() {
            return "longest pause at most " + bound.toMillis() + " ms (" + name + ")";
        }

        @Override
        public <R> R accept(Handler<R> handler) {
            return handler.pauseAtMost(this);
        }
    }

    /** Callers were told "unknown" so often at most, and all of it was known in the end. */
    record UnknownAtMost(int bound) implements Invariant {
        @Override
        public String text() {
            return "at most " + bound + " answers are unknown, and none stays so";
        }

        @Override
        public <R> R accept(Handler<R> handler) {
            return handler.unknownAtMost(this);
        }
    }

    /** The fault was there: what it was to meet was met, and callers committed before it. */
    record Struck() implements Invariant {
        @Override
        public String text() {
            return "the fault came when it should, and something was at work";
        }

        @Override
        public <R> R accept(Handler<R> handler) {
            return handler.struck(this);
        }
    }

    /** Counted from the moment in which everything was healed. */
    record ServedAgainWithin(Duration bound) implements Invariant {
        @Override
        public String text() {
            return "commits again within " + bound.toSeconds() + " s of the healing";
        }

        @Override
        public <R> R accept(Handler<R> handler) {
            return handler.servedAgainWithin(this);
        }
    }

    /** Nothing is healed before somebody was served that began after the blow: the others go on by themselves. */
    record ServedMeanwhile() implements Invariant {
        @Override
        public String text() {
            return "customers are served while it lasts";
        }

        @Override
        public <R> R accept(Handler<R> handler) {
            return handler.servedMeanwhile(this);
        }
    }

    /** One method for each, so that none is forgotten. */
    interface Handler<R> {
        R answersTrue(AnswersTrue invariant);

        R nothingLostOrDoubled(NothingLostOrDoubled invariant);

        R nothingPreparedAfter(NothingPreparedAfter invariant);

        R pauseAtMost(PauseAtMost invariant);

        R unknownAtMost(UnknownAtMost invariant);

        R struck(Struck invariant);

        R servedAgainWithin(ServedAgainWithin invariant);

        R servedMeanwhile(ServedMeanwhile invariant);
    }
}
