package dev.assent.rm.atomikos;

import org.apache.zookeeper.KeeperException;
import org.jspecify.annotations.Nullable;

/** What came of reading one znode. */
sealed interface NodeRead {

    /** Its data; a znode may have none. */
    @SuppressWarnings("ArrayRecordComponent") // a carrier for one reply, never compared
    record Found(byte @Nullable [] data) implements NodeRead {}

    /** There is no such znode. */
    record Absent() implements NodeRead {}

    /** The store does not let it be read. */
    record Refused(KeeperException.Code code) implements NodeRead {}
}
