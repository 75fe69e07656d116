package dev.assent.rm.atomikos;

import dev.assent.store.StoreCode;

/** What came of reading one znode. */
sealed interface NodeRead {

    /** Its data; a znode may have none. */
    @SuppressWarnings("ArrayRecordComponent") // a carrier for one reply, never compared
    record Found(byte[] data) implements NodeRead {}

    /** There is no such znode. */
    record Absent() implements NodeRead {}

    /** The store does not let it be read. */
    record Refused(StoreCode code) implements NodeRead {}
}
