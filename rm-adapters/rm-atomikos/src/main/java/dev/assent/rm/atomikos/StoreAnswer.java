package dev.assent.rm.atomikos;

import dev.assent.store.MultiReply;
import dev.assent.store.StoreCode;

/** How one atomic group of operations went in the store. */
sealed interface StoreAnswer {

    /** All of it is durable. */
    record Applied() implements StoreAnswer {}

    /**
     * None of it happened, and none of this attempt will.
     *
     * @param operation the operation at fault, from 0; -1 when the group as a whole was refused
     */
    record Refused(int operation, StoreCode code) implements StoreAnswer {}

    /** Nobody knows: the connection went while it was under way, or no answer came in time. */
    record Lost(StoreCode code) implements StoreAnswer {}

    static StoreAnswer of(MultiReply reply) {
        if (reply.isApplied()) {
            return new Applied();
        }
        return reply.isRefused() ? new Refused(reply.failedOperation(), reply.code()) : new Lost(reply.code());
    }
}
