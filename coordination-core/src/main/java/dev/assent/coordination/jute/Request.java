package dev.assent.coordination.jute;

import dev.assent.coordination.model.ErrorCode;
import dev.assent.coordination.model.Payload;
import dev.assent.coordination.model.WatchSet;
import dev.assent.coordination.model.WriteOp;
import java.util.List;

/** What a client asks for. Well-formed, but not valid yet: paths, flags and modes are as the client sent them. */
public sealed interface Request {
    OpCode opCode();

    <R> R accept(Handler<R> handler);

    /** CREATE, CREATE2, CREATE_CONTAINER, CREATE_TTL, DELETE, SET_DATA, SET_ACL, or within a multi CHECK. */
    record Write(OpCode opCode, WriteOp op) implements Request {
        @Override
        public <R> R accept(Handler<R> handler) {
            return handler.write(this);
        }
    }

    /** All or nothing. No SET_ACL: ZooKeeper has none in a multi. */
    record Multi(List<Write> ops) implements Request {
        public Multi {
            ops = List.copyOf(ops);
        }

        @Override
        public OpCode opCode() {
            return OpCode.MULTI;
        }

        @Override
        public <R> R accept(Handler<R> handler) {
            return handler.multi(this);
        }
    }

    /** {@link GetData} and {@link GetChildren} only. */
    record MultiRead(List<Request> reads) implements Request {
        public MultiRead {
            reads = List.copyOf(reads);
        }

        @Override
        public OpCode opCode() {
            return OpCode.MULTI_READ;
        }

        @Override
        public <R> R accept(Handler<R> handler) {
            return handler.multiRead(this);
        }
    }

    record Exists(String path, boolean watch) implements Request {
        @Override
        public OpCode opCode() {
            return OpCode.EXISTS;
        }

        @Override
        public <R> R accept(Handler<R> handler) {
            return handler.exists(this);
        }
    }

    record GetData(String path, boolean watch) implements Request {
        @Override
        public OpCode opCode() {
            return OpCode.GET_DATA;
        }

        @Override
        public <R> R accept(Handler<R> handler) {
            return handler.getData(this);
        }
    }

    /** GET_CHILDREN, or with {@code withStat} GET_CHILDREN2. */
    record GetChildren(String path, boolean watch, boolean withStat) implements Request {
        @Override
        public OpCode opCode() {
            return withStat ? OpCode.GET_CHILDREN2 : OpCode.GET_CHILDREN;
        }

        @Override
        public <R> R accept(Handler<R> handler) {
            return handler.getChildren(this);
        }
    }

    record GetAcl(String path) implements Request {
        @Override
        public OpCode opCode() {
            return OpCode.GET_ACL;
        }

        @Override
        public <R> R accept(Handler<R> handler) {
            return handler.getAcl(this);
        }
    }

    record GetAllChildrenNumber(String path) implements Request {
        @Override
        public OpCode opCode() {
            return OpCode.GET_ALL_CHILDREN_NUMBER;
        }

        @Override
        public <R> R accept(Handler<R> handler) {
            return handler.getAllChildrenNumber(this);
        }
    }

    record GetEphemerals(String prefix) implements Request {
        @Override
        public OpCode opCode() {
            return OpCode.GET_EPHEMERALS;
        }

        @Override
        public <R> R accept(Handler<R> handler) {
            return handler.getEphemerals(this);
        }
    }

    record Sync(String path) implements Request {
        @Override
        public OpCode opCode() {
            return OpCode.SYNC;
        }

        @Override
        public <R> R accept(Handler<R> handler) {
            return handler.sync(this);
        }
    }

    /** {@code credentials} never go to a log. */
    record Auth(String scheme, Payload credentials) implements Request {
        @Override
        public OpCode opCode() {
            return OpCode.AUTH;
        }

        @Override
        public <R> R accept(Handler<R> handler) {
            return handler.auth(this);
        }
    }

    /** SET_WATCHES or SET_WATCHES2. */
    record SetWatches(OpCode opCode, WatchSet watches) implements Request {
        @Override
        public <R> R accept(Handler<R> handler) {
            return handler.setWatches(this);
        }
    }

    /**
     * A persistent watch.
     *
     * @param mode 0 for one znode, 1 for all below it too
     */
    record AddWatch(String path, int mode) implements Request {
        @Override
        public OpCode opCode() {
            return OpCode.ADD_WATCH;
        }

        @Override
        public <R> R accept(Handler<R> handler) {
            return handler.addWatch(this);
        }
    }

    /**
     * CHECK_WATCHES or REMOVE_WATCHES.
     *
     * @param type 1 for watches of children, 2 of data, 3 for any
     */
    record WatchesOf(OpCode opCode, String path, int type) implements Request {
        @Override
        public <R> R accept(Handler<R> handler) {
            return handler.watchesOf(this);
        }
    }

    /** PING, WHO_AM_I or CLOSE_SESSION: all is said by the operation. */
    record Plain(OpCode opCode) implements Request {
        @Override
        public <R> R accept(Handler<R> handler) {
            return handler.plain(this);
        }
    }

    /**
     * What this server does not do, whoever asks: by its kind (SASL, RECONFIG, DELETE_CONTAINER, CREATE_SESSION, a
     * CHECK outside of a multi, UNKNOWN) or by its form.
     */
    record Refused(OpCode opCode, ErrorCode error) implements Request {
        @Override
        public <R> R accept(Handler<R> handler) {
            return handler.refused(this);
        }
    }

    /** One method per kind of request. */
    interface Handler<R> {
        R write(Write request);

        R multi(Multi request);

        R multiRead(MultiRead request);

        R exists(Exists request);

        R getData(GetData request);

        R getChildren(GetChildren request);

        R getAcl(GetAcl request);

        R getAllChildrenNumber(GetAllChildrenNumber request);

        R getEphemerals(GetEphemerals request);

        R sync(Sync request);

        R auth(Auth request);

        R setWatches(SetWatches request);

        R addWatch(AddWatch request);

        R watchesOf(WatchesOf request);

        R plain(Plain request);

        R refused(Refused request);
    }
}
