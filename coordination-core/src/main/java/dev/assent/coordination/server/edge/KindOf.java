package dev.assent.coordination.server.edge;

import dev.assent.coordination.jute.OpCode;
import dev.assent.coordination.jute.Request;
import dev.assent.coordination.server.edge.Slot.Kind;

/** Sorts requests by how they are answered. */
final class KindOf implements Request.Handler<Kind> {
    static final KindOf REQUEST = new KindOf();

    private KindOf() {}

    @Override
    public Kind write(Request.Write request) {
        return Kind.ORDERED;
    }

    @Override
    public Kind multi(Request.Multi request) {
        return Kind.ORDERED;
    }

    @Override
    public Kind multiRead(Request.MultiRead request) {
        return Kind.READ;
    }

    @Override
    public Kind exists(Request.Exists request) {
        return ofRead(request.watch());
    }

    @Override
    public Kind getData(Request.GetData request) {
        return ofRead(request.watch());
    }

    @Override
    public Kind getChildren(Request.GetChildren request) {
        return ofRead(request.watch());
    }

    @Override
    public Kind getAcl(Request.GetAcl request) {
        return Kind.READ;
    }

    @Override
    public Kind getAllChildrenNumber(Request.GetAllChildrenNumber request) {
        return Kind.READ;
    }

    @Override
    public Kind getEphemerals(Request.GetEphemerals request) {
        return Kind.READ;
    }

    @Override
    public Kind sync(Request.Sync request) {
        return Kind.ORDERED;
    }

    @Override
    public Kind auth(Request.Auth request) {
        return Kind.READ;
    }

    @Override
    public Kind setWatches(Request.SetWatches request) {
        return Kind.WATCHING_READ;
    }

    @Override
    public Kind addWatch(Request.AddWatch request) {
        return Kind.WATCHING_READ;
    }

    @Override
    public Kind watchesOf(Request.WatchesOf request) {
        return Kind.WATCHING_READ;
    }

    @Override
    public Kind plain(Request.Plain request) {
        return request.opCode() == OpCode.CLOSE_SESSION ? Kind.ORDERED : Kind.READ;
    }

    @Override
    public Kind refused(Request.Refused request) {
        return Kind.READ;
    }

    private static Kind ofRead(boolean watch) {
        return watch ? Kind.WATCHING_READ : Kind.READ;
    }
}
