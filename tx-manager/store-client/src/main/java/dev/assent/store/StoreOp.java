package dev.assent.store;

/**
 * One operation of a multi, or one that is sent alone. Versions are those that the znode must have; -1 is any.
 */
public sealed interface StoreOp {

    String path();

    /** Changes nothing; stops the multi it is in unless the znode has that version. */
    record Check(String path, int version) implements StoreOp {
        @Override
        public <R> R accept(Handler<R> handler) {
            return handler.check(this);
        }
    }

    /** Makes a znode, which must not be there. */
    @SuppressWarnings("ArrayRecordComponent") // a carrier for one request
    record Create(String path, byte[] data, Lifetime lifetime, Access access) implements StoreOp {
        /** One that stays until it is deleted, for whoever may see this client's znodes. */
        public Create(String path, byte[] data) {
            this(path, data, Lifetime.PERSISTENT, Access.OWN);
        }

        /** One that goes with the session. */
        public static Create ephemeral(String path, byte[] data) {
            return new Create(path, data, Lifetime.EPHEMERAL, Access.OWN);
        }

        @Override
        public <R> R accept(Handler<R> handler) {
            return handler.create(this);
        }
    }

    /** Replaces the data, and raises the version by one. */
    @SuppressWarnings("ArrayRecordComponent") // a carrier for one request
    record SetData(String path, byte[] data, int version) implements StoreOp {
        @Override
        public <R> R accept(Handler<R> handler) {
            return handler.setData(this);
        }
    }

    /** Removes a znode that has no children. */
    record Delete(String path, int version) implements StoreOp {
        @Override
        public <R> R accept(Handler<R> handler) {
            return handler.delete(this);
        }
    }

    /** How long a znode is there. */
    enum Lifetime {
        PERSISTENT,
        /** Until the session that made it is over. */
        EPHEMERAL
    }

    /** Who may use a znode. Without a credential everybody may, whatever is asked for. */
    enum Access {
        /** Only who has the credential that made it. */
        OWN,
        /** Others may read it and make znodes of their own below it. */
        SHARED
    }

    /** One method for each operation. */
    interface Handler<R> {
        R check(Check op);

        R create(Create op);

        R setData(SetData op);

        R delete(Delete op);
    }

    <R> R accept(Handler<R> handler);
}
