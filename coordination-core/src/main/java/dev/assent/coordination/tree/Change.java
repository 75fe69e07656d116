package dev.assent.coordination.tree;

import dev.assent.coordination.model.Acl;
import dev.assent.coordination.model.Payload;
import dev.assent.coordination.model.ZnodePath;
import org.jspecify.annotations.Nullable;

/** A change that the leader found possible, with everything resolved: names, owners and new versions. */
public sealed interface Change {
    ZnodePath path();

    <R> R accept(Handler<R> handler);

    /**
     * Adds a leaf.
     *
     * @param ephemeralOwner as in {@link Znode#ephemeralOwner}
     * @param childrenCreated how many children the parent has ever had, this one included
     */
    record Create(ZnodePath path, @Nullable Payload data, Acl acl, long ephemeralOwner, int childrenCreated)
            implements Change {
        @Override
        public <R> R accept(Handler<R> handler) {
            return handler.create(this);
        }
    }

    record Delete(ZnodePath path) implements Change {
        @Override
        public <R> R accept(Handler<R> handler) {
            return handler.delete(this);
        }
    }

    record SetData(ZnodePath path, @Nullable Payload data, int newVersion) implements Change {
        @Override
        public <R> R accept(Handler<R> handler) {
            return handler.setData(this);
        }
    }

    record SetAcl(ZnodePath path, Acl acl, int newVersion) implements Change {
        @Override
        public <R> R accept(Handler<R> handler) {
            return handler.setAcl(this);
        }
    }

    /** Changes nothing; it keeps the place of a check in a multi. */
    record Check(ZnodePath path) implements Change {
        @Override
        public <R> R accept(Handler<R> handler) {
            return handler.check(this);
        }
    }

    /** One method per change. */
    interface Handler<R> {
        R create(Create change);

        R delete(Delete change);

        R setData(SetData change);

        R setAcl(SetAcl change);

        R check(Check change);
    }
}
