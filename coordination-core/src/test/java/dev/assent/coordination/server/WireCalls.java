package dev.assent.coordination.server;

import static dev.assent.coordination.server.TestClient.bytes;

import java.io.IOException;
import java.util.List;
import org.apache.jute.InputArchive;
import org.apache.jute.OutputArchive;
import org.apache.jute.Record;
import org.apache.zookeeper.ZooDefs.Ids;
import org.apache.zookeeper.ZooDefs.OpCode;
import org.apache.zookeeper.data.ACL;
import org.apache.zookeeper.data.Id;
import org.apache.zookeeper.proto.AddWatchRequest;
import org.apache.zookeeper.proto.AuthPacket;
import org.apache.zookeeper.proto.CheckVersionRequest;
import org.apache.zookeeper.proto.CheckWatchesRequest;
import org.apache.zookeeper.proto.CreateRequest;
import org.apache.zookeeper.proto.CreateTTLRequest;
import org.apache.zookeeper.proto.DeleteRequest;
import org.apache.zookeeper.proto.ExistsRequest;
import org.apache.zookeeper.proto.GetACLRequest;
import org.apache.zookeeper.proto.GetAllChildrenNumberRequest;
import org.apache.zookeeper.proto.GetChildrenRequest;
import org.apache.zookeeper.proto.GetDataRequest;
import org.apache.zookeeper.proto.GetEphemeralsRequest;
import org.apache.zookeeper.proto.MultiHeader;
import org.apache.zookeeper.proto.SetACLRequest;
import org.apache.zookeeper.proto.SetDataRequest;
import org.apache.zookeeper.proto.SetWatches2;
import org.apache.zookeeper.proto.SyncRequest;
import org.jspecify.annotations.Nullable;

/** Requests as they go over the wire, valid or not. */
final class WireCalls {
    private static final int AUTH_XID = -4;
    private static final int SET_WATCHES_XID = -8;
    static final List<ACL> OPEN = Ids.OPEN_ACL_UNSAFE;

    private WireCalls() {}

    /**
     * One request.
     *
     * @param xid 0 for the next of its client
     */
    record WireCall(int op, int xid, List<Record> bodies) {
        WireClient.Reply on(WireClient client) {
            Record[] all = bodies.toArray(new Record[0]);
            return xid == 0 ? client.call(op, all) : client.call(xid, op, all);
        }

        @Override
        public String toString() {
            StringBuilder text = new StringBuilder("op " + op);
            for (Record body : bodies) {
                text.append(' ').append(body.toString().strip());
            }
            return text.toString();
        }
    }

    static WireCall call(int op, Record... bodies) {
        return new WireCall(op, 0, List.of(bodies));
    }

    static WireCall create(int op, String path, @Nullable String data, @Nullable List<ACL> acl, int flags) {
        return call(op, new CreateRequest(path, data == null ? null : bytes(data), acl, flags));
    }

    static WireCall create(String path, int flags) {
        return create(OpCode.create2, path, "x", OPEN, flags);
    }

    static WireCall createTtl(String path, int flags, long ttl) {
        return call(OpCode.createTTL, new CreateTTLRequest(path, bytes("x"), OPEN, flags, ttl));
    }

    static WireCall delete(String path, int version) {
        return call(OpCode.delete, new DeleteRequest(path, version));
    }

    static WireCall setData(String path, @Nullable String data, int version) {
        return call(OpCode.setData, new SetDataRequest(path, data == null ? null : bytes(data), version));
    }

    static WireCall setAcl(String path, @Nullable List<ACL> acl, int version) {
        return call(OpCode.setACL, new SetACLRequest(path, acl, version));
    }

    static WireCall check(String path, int version) {
        return call(OpCode.check, new CheckVersionRequest(path, version));
    }

    static WireCall exists(String path, boolean watch) {
        return call(OpCode.exists, new ExistsRequest(path, watch));
    }

    static WireCall getData(String path, boolean watch) {
        return call(OpCode.getData, new GetDataRequest(path, watch));
    }

    static WireCall getChildren(int op, String path, boolean watch) {
        return call(op, new GetChildrenRequest(path, watch));
    }

    static WireCall getAcl(String path) {
        return call(OpCode.getACL, new GetACLRequest(path));
    }

    static WireCall count(String path) {
        return call(OpCode.getAllChildrenNumber, new GetAllChildrenNumberRequest(path));
    }

    static WireCall ephemerals(String prefix) {
        return call(OpCode.getEphemerals, new GetEphemeralsRequest(prefix));
    }

    static WireCall sync(String path) {
        return call(OpCode.sync, new SyncRequest(path));
    }

    static WireCall auth(String scheme, String credentials) {
        return new WireCall(OpCode.auth, AUTH_XID, List.of(new AuthPacket(0, scheme, bytes(credentials))));
    }

    static WireCall addWatch(String path, int mode) {
        return call(OpCode.addWatch, new AddWatchRequest(path, mode));
    }

    /** checkWatches or removeWatches. */
    static WireCall watches(int op, String path, int type) {
        return call(op, new CheckWatchesRequest(path, type));
    }

    static WireCall setWatches(
            long zxid, List<String> data, List<String> exist, List<String> child, List<String> more) {
        return new WireCall(
                OpCode.setWatches2, SET_WATCHES_XID, List.of(new SetWatches2(zxid, data, exist, child, more, more)));
    }

    static WireCall whoAmI() {
        return call(OpCode.whoAmI);
    }

    static WireCall multi(WireCall... calls) {
        return call(OpCode.multi, new MultiBody(List.of(calls)));
    }

    static WireCall multiRead(WireCall... calls) {
        return call(OpCode.multiRead, new MultiBody(List.of(calls)));
    }

    static List<ACL> acl(int permissions, String scheme, String id) {
        return List.of(new ACL(permissions, new Id(scheme, id)));
    }

    /** Of any operations, unlike the official class. */
    private static final class MultiBody implements Record {
        private final List<WireCall> calls;

        MultiBody(List<WireCall> calls) {
            this.calls = calls;
        }

        @Override
        public void serialize(OutputArchive out, String tag) throws IOException {
            for (WireCall call : calls) {
                new MultiHeader(call.op(), false, -1).serialize(out, tag);
                for (Record body : call.bodies()) {
                    body.serialize(out, tag);
                }
            }
            new MultiHeader(-1, true, -1).serialize(out, tag);
        }

        @Override
        public void deserialize(InputArchive in, String tag) {
            throw new UnsupportedOperationException("only sent");
        }

        @Override
        public String toString() {
            return calls.toString();
        }
    }
}
