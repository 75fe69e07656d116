package dev.assent.tx.model;

/** Whether the branch that is to decide a transaction can do so. */
public sealed interface PointReadiness {

    /** Its transaction has an id, so that everything that is prepared from now on is younger. */
    record Assigned() implements PointReadiness {
        @Override
        public <R> R accept(Handler<R> handler) {
            return handler.assigned(this);
        }
    }

    /** It has written nothing, and its transaction has no id. */
    record Unassigned() implements PointReadiness {
        @Override
        public <R> R accept(Handler<R> handler) {
            return handler.unassigned(this);
        }
    }

    /** It cannot commit; it has rolled back, or will when told to. */
    record Refused(String cause) implements PointReadiness {
        @Override
        public <R> R accept(Handler<R> handler) {
            return handler.refused(this);
        }
    }

    <R> R accept(Handler<R> handler);

    /** One method an answer. */
    interface Handler<R> {
        R assigned(Assigned readiness);

        R unassigned(Unassigned readiness);

        R refused(Refused readiness);
    }
}
