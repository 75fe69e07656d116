package dev.assent.coordination.jute;

import java.util.List;

/** Answered by the client's own server from one tree, which it does not change. */
public sealed interface ReadRequest extends Request {
    <R> R accept(Handler<R> handler);

    @Override
    default <R> R accept(Request.Handler<R> handler) {
        return handler.read(this);
    }

    /** May be a part of a {@link MultiRead}. */
    sealed interface Part extends ReadRequest {
        /** By which the client recognises its result. */
        OpCode opCode();
    }

    record Exists(String path) implements ReadRequest {
        @Override
        public <R> R accept(Handler<R> handler) {
            return handler.exists(this);
        }
    }

    record GetData(String path) implements Part {
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
    record GetChildren(String path, boolean withStat) implements Part {
        @Override
        public OpCode opCode() {
            return withStat ? OpCode.GET_CHILDREN2 : OpCode.GET_CHILDREN;
        }

        @Override
        public <R> R accept(Handler<R> handler) {
            return handler.getChildren(this);
        }
    }

    record GetAcl(String path) implements ReadRequest {
        @Override
        public <R> R accept(Handler<R> handler) {
            return handler.getAcl(this);
        }
    }

    record GetAllChildrenNumber(String path) implements ReadRequest {
        @Override
        public <R> R accept(Handler<R> handler) {
            return handler.getAllChildrenNumber(this);
        }
    }

    record GetEphemerals(String prefix) implements ReadRequest {
        @Override
        public <R> R accept(Handler<R> handler) {
            return handler.getEphemerals(this);
        }
    }

    record MultiRead(List<Part> reads) implements ReadRequest {
        public MultiRead {
            reads = List.copyOf(reads);
        }

        @Override
        public <R> R accept(Handler<R> handler) {
            return handler.multiRead(this);
        }
    }

    /** As whom the server knows the client. */
    record WhoAmI() implements ReadRequest {
        @Override
        public <R> R accept(Handler<R> handler) {
            return handler.whoAmI(this);
        }
    }

    /** One method per request. */
    interface Handler<R> {
        R exists(Exists request);

        R getData(GetData request);

        R getChildren(GetChildren request);

        R getAcl(GetAcl request);

        R getAllChildrenNumber(GetAllChildrenNumber request);

        R getEphemerals(GetEphemerals request);

        R multiRead(MultiRead request);

        R whoAmI(WhoAmI request);
    }
}
