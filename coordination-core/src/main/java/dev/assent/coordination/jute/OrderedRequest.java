package dev.assent.coordination.jute;

import dev.assent.coordination.model.WriteOp;
import java.util.List;

/** Answered by the ensemble, which puts it in one order with everything that changes the state. */
public sealed interface OrderedRequest extends Request {
    <R> R accept(Handler<R> handler);

    @Override
    default <R> R accept(Request.Handler<R> handler) {
        return handler.ordered(this);
    }

    /** Becomes a transaction. */
    sealed interface Change extends OrderedRequest {
        <R> R accept(ChangeHandler<R> handler);

        @Override
        default <R> R accept(Handler<R> handler) {
            return handler.change(this);
        }
    }

    /**
     * One operation, alone or in a multi.
     *
     * @param opCode what the client called it: CREATE, CREATE2, CREATE_CONTAINER, CREATE_TTL, DELETE, SET_DATA, SET_ACL,
     *     or within a multi CHECK. The form of its reply depends on that, and nothing else
     */
    record Write(OpCode opCode, WriteOp op) implements Change {
        @Override
        public <R> R accept(ChangeHandler<R> handler) {
            return handler.write(this);
        }
    }

    /** All or nothing. No SET_ACL: ZooKeeper has none in a multi. */
    record Multi(List<Write> ops) implements Change {
        public Multi {
            ops = List.copyOf(ops);
        }

        @Override
        public <R> R accept(ChangeHandler<R> handler) {
            return handler.multi(this);
        }
    }

    /** The client needs its session no longer. */
    record CloseSession() implements Change {
        @Override
        public <R> R accept(ChangeHandler<R> handler) {
            return handler.closeSession(this);
        }
    }

    /** What the client reads next shall show at least what the leader has when it is asked. */
    record Sync(String path) implements OrderedRequest {
        @Override
        public <R> R accept(Handler<R> handler) {
            return handler.sync(this);
        }
    }

    /** Tells changes from the rest. */
    interface Handler<R> {
        R change(Change request);

        R sync(Sync request);
    }

    /** One method per change. */
    interface ChangeHandler<R> {
        R write(Write request);

        R multi(Multi request);

        R closeSession(CloseSession request);
    }
}
