package dev.assent.tx.model;

/** How a global transaction ended, as far as can be told truthfully. */
public sealed interface Outcome {

    /** Committed in every branch, or decided so and being driven there. */
    record Committed() implements Outcome {
        @Override
        public boolean isKnown() {
            return true;
        }

        @Override
        public <R> R accept(Handler<R> handler) {
            return handler.committed(this);
        }
    }

    /** Rolled back everywhere. */
    record RolledBack(String cause) implements Outcome {
        @Override
        public boolean isKnown() {
            return true;
        }

        @Override
        public <R> R accept(Handler<R> handler) {
            return handler.rolledBack(this);
        }
    }

    /** The decision stands, but at least one branch ended otherwise by itself. */
    record HeuristicMixed(String detail) implements Outcome {
        @Override
        public boolean isKnown() {
            return true;
        }

        @Override
        public <R> R accept(Handler<R> handler) {
            return handler.heuristicMixed(this);
        }
    }

    /** The decision was to commit, and every branch rolled back by itself. */
    record HeuristicRolledBack(String detail) implements Outcome {
        @Override
        public <R> R accept(Handler<R> handler) {
            return handler.heuristicRolledBack(this);
        }

        @Override
        public boolean isKnown() {
            return true;
        }
    }

    /** At least one branch may have ended otherwise by itself. */
    record HeuristicHazard(String detail) implements Outcome {
        @Override
        public boolean isKnown() {
            return true;
        }

        @Override
        public <R> R accept(Handler<R> handler) {
            return handler.heuristicHazard(this);
        }
    }

    /**
     * Not known at this moment; ask again with the transaction's id. Never reported as a rollback.
     *
     * @param lasting whether the store has told all that it ever will: only a service that took part may still know more
     */
    record Unknown(String cause, boolean lasting) implements Outcome {
        /** One that may be known later. */
        public Unknown(String cause) {
            this(cause, false);
        }

        @Override
        public boolean isKnown() {
            return false;
        }

        @Override
        public <R> R accept(Handler<R> handler) {
            return handler.unknown(this);
        }
    }

    /** Whether asking again cannot tell more. */
    boolean isKnown();

    <R> R accept(Handler<R> handler);

    /** One method an outcome. */
    interface Handler<R> {
        R committed(Committed outcome);

        R rolledBack(RolledBack outcome);

        R heuristicMixed(HeuristicMixed outcome);

        R heuristicRolledBack(HeuristicRolledBack outcome);

        R heuristicHazard(HeuristicHazard outcome);

        R unknown(Unknown outcome);
    }
}
