package dev.assent.coordination.model;

import org.jspecify.annotations.Nullable;

/**
 * One change that a client asks for, as it came: the path may be invalid, the znode may not exist. Several of them
 * make a multi.
 */
public sealed interface WriteOp {
    /** Matches any version. */
    int ANY_VERSION = -1;

    /** As the client sent it. */
    String path();

    <R> R accept(Handler<R> handler);

    /**
     * Creates a znode.
     *
     * @param data null and empty data are told apart, as clients do
     * @param flag ZooKeeper's number for a {@link CreateMode}, possibly an unknown one
     * @param ttlMillis for a mode that has one, else {@link #NO_TTL}; possibly an impossible one
     */
    record Create(String path, @Nullable Payload data, Acl acl, int flag, long ttlMillis) implements WriteOp {
        /** What other creates than of TTL znodes carry. */
        public static final long NO_TTL = -1;

        /** Without a time to live. */
        public Create(String path, @Nullable Payload data, Acl acl, int flag) {
            this(path, data, acl, flag, NO_TTL);
        }

        @Override
        public <R> R accept(Handler<R> handler) {
            return handler.create(this);
        }
    }

    /** Deletes a childless znode if its data has this version. */
    record Delete(String path, int version) implements WriteOp {
        @Override
        public <R> R accept(Handler<R> handler) {
            return handler.delete(this);
        }
    }

    /** Replaces the data if it has this version. */
    record SetData(String path, @Nullable Payload data, int version) implements WriteOp {
        @Override
        public <R> R accept(Handler<R> handler) {
            return handler.setData(this);
        }
    }

    /** Replaces the ACL if it has this version. */
    record SetAcl(String path, Acl acl, int version) implements WriteOp {
        @Override
        public <R> R accept(Handler<R> handler) {
            return handler.setAcl(this);
        }
    }

    /** Changes nothing, fails unless the data has this version. */
    record Check(String path, int version) implements WriteOp {
        @Override
        public <R> R accept(Handler<R> handler) {
            return handler.check(this);
        }
    }

    /** One method per operation. */
    interface Handler<R> {
        R create(Create op);

        R delete(Delete op);

        R setData(SetData op);

        R setAcl(SetAcl op);

        R check(Check op);
    }
}
