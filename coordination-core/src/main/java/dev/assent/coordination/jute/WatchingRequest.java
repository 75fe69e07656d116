package dev.assent.coordination.jute;

import dev.assent.coordination.model.WatchSet;

/** Answered by the client's own server from its newest tree, together with setting, looking for or removing watches. */
public sealed interface WatchingRequest extends Request {
    <R> R accept(Handler<R> handler);

    @Override
    default <R> R accept(Request.Handler<R> handler) {
        return handler.watching(this);
    }

    /** A read that sets a watch, also of a znode that is not there yet. */
    record Exists(ReadRequest.Exists read) implements WatchingRequest {
        @Override
        public <R> R accept(Handler<R> handler) {
            return handler.exists(this);
        }
    }

    /** A read that sets a watch. */
    record GetData(ReadRequest.GetData read) implements WatchingRequest {
        @Override
        public <R> R accept(Handler<R> handler) {
            return handler.getData(this);
        }
    }

    /** A read that sets a watch. */
    record GetChildren(ReadRequest.GetChildren read) implements WatchingRequest {
        @Override
        public <R> R accept(Handler<R> handler) {
            return handler.getChildren(this);
        }
    }

    /** SET_WATCHES or SET_WATCHES2: those that the client had on an earlier connection. */
    record SetWatches(WatchSet watches) implements WatchingRequest {
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
    record AddWatch(String path, int mode) implements WatchingRequest {
        @Override
        public <R> R accept(Handler<R> handler) {
            return handler.addWatch(this);
        }
    }

    /**
     * Whether there are such watches.
     *
     * @param type 1 for watches of children, 2 of data, 3 for any
     */
    record CheckWatches(String path, int type) implements WatchingRequest {
        @Override
        public <R> R accept(Handler<R> handler) {
            return handler.checkWatches(this);
        }
    }

    /**
     * No such watches any more.
     *
     * @param type as in {@link CheckWatches}
     */
    record RemoveWatches(String path, int type) implements WatchingRequest {
        @Override
        public <R> R accept(Handler<R> handler) {
            return handler.removeWatches(this);
        }
    }

    /** One method per request. */
    interface Handler<R> {
        R exists(Exists request);

        R getData(GetData request);

        R getChildren(GetChildren request);

        R setWatches(SetWatches request);

        R addWatch(AddWatch request);

        R checkWatches(CheckWatches request);

        R removeWatches(RemoveWatches request);
    }
}
