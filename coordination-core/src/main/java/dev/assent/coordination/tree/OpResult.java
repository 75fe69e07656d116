package dev.assent.coordination.tree;

import dev.assent.coordination.model.ErrorCode;
import dev.assent.coordination.model.ZnodePath;

/** What one operation did, for the reply to its client. */
public sealed interface OpResult {
    <R> R accept(Handler<R> handler);

    /**
     * A znode is there that was not.
     *
     * @param path with the number of a sequential one
     */
    record Created(ZnodePath path, Znode znode) implements OpResult {
        @Override
        public <R> R accept(Handler<R> handler) {
            return handler.created(this);
        }
    }

    record Deleted() implements OpResult {
        @Override
        public <R> R accept(Handler<R> handler) {
            return handler.deleted(this);
        }
    }

    /** Data or ACL were replaced. */
    record Changed(Znode znode) implements OpResult {
        @Override
        public <R> R accept(Handler<R> handler) {
            return handler.changed(this);
        }
    }

    /** A check in a multi held. */
    record Checked() implements OpResult {
        @Override
        public <R> R accept(Handler<R> handler) {
            return handler.checked(this);
        }
    }

    /** An operation of a multi in which nothing was done; OK if it was another one's fault. */
    record Failed(ErrorCode error) implements OpResult {
        @Override
        public <R> R accept(Handler<R> handler) {
            return handler.failed(this);
        }
    }

    /** One method per result. */
    interface Handler<R> {
        R created(Created result);

        R deleted(Deleted result);

        R changed(Changed result);

        R checked(Checked result);

        R failed(Failed result);
    }
}
