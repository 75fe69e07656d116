package dev.assent.coordination.tree;

import dev.assent.coordination.model.Acl;

/** What the leader must know of a znode to decide on the next request for it. */
record PendingZnode(Acl acl, long ephemeralOwner, int version, int aversion, int childrenCreated, int numChildren) {

    static PendingZnode of(Znode node) {
        return new PendingZnode(
                node.acl(),
                node.ephemeralOwner(),
                node.version(),
                node.aversion(),
                node.childrenCreated(),
                node.numChildren());
    }

    static PendingZnode created(Acl acl, long ephemeralOwner) {
        return new PendingZnode(acl, ephemeralOwner, 0, 0, 0, 0);
    }

    boolean isEphemeral() {
        return Owner.isSession(ephemeralOwner);
    }

    PendingZnode withChildCreated() {
        return new PendingZnode(acl, ephemeralOwner, version, aversion, childrenCreated + 1, numChildren + 1);
    }

    PendingZnode withChildrenDeleted(int count) {
        return new PendingZnode(acl, ephemeralOwner, version, aversion, childrenCreated, numChildren - count);
    }

    PendingZnode withVersion(int newVersion) {
        return new PendingZnode(acl, ephemeralOwner, newVersion, aversion, childrenCreated, numChildren);
    }

    PendingZnode withAcl(Acl newAcl, int newVersion) {
        return new PendingZnode(newAcl, ephemeralOwner, version, newVersion, childrenCreated, numChildren);
    }
}
