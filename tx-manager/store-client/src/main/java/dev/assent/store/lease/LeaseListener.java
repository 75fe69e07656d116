package dev.assent.store.lease;

/** Told what a member owns. Calls must return soon, and may come from several threads; no grant comes after its end. */
public interface LeaseListener {
    void granted(Lease lease);

    void revoked(Lease lease, Revocation why);

    /** Why a lease ends. */
    enum Revocation {
        /** Another member should have it: finish what is in hand, then {@link Leases#relinquish give it back}. */
        REBALANCED,
        /** The session is gone, and another member may own the shard by now: stop at once. */
        LOST
    }
}
