package dev.assent.coordination.jute;

import dev.assent.coordination.model.Acl;
import dev.assent.coordination.model.ErrorCode;
import dev.assent.coordination.model.Identity;
import dev.assent.coordination.model.Payload;
import dev.assent.coordination.model.Stat;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The body of a reply. A reply with an error has none: {@link Empty}, but for {@link NoToken}. */
public sealed interface Response {
    void writeTo(JuteWriter out);

    /** To PING, DELETE, AUTH, SET_WATCHES, REMOVE_WATCHES, CHECK_WATCHES, CLOSE_SESSION. */
    record Empty() implements Response {
        public static final Empty INSTANCE = new Empty();

        @Override
        public void writeTo(JuteWriter out) {}
    }

    /**
     * To SASL, which fails: the official client reads a token whatever the error is, and takes none for the end of its
     * login. Without this body it would lose its connection and begin again, for ever.
     */
    record NoToken() implements Response {
        @Override
        public void writeTo(JuteWriter out) {
            out.buffer(null);
        }
    }

    /** To CREATE, with the resolved path, and to SYNC, with its own. */
    record PathOf(String path) implements Response {
        @Override
        public void writeTo(JuteWriter out) {
            out.text(path);
        }
    }

    /** To CREATE2, CREATE_CONTAINER, CREATE_TTL. */
    record PathAndStat(String path, Stat stat) implements Response {
        @Override
        public void writeTo(JuteWriter out) {
            out.text(path);
            out.stat(stat);
        }
    }

    /** To EXISTS, SET_DATA, SET_ACL, CHECK. */
    record StatOf(Stat stat) implements Response {
        @Override
        public void writeTo(JuteWriter out) {
            out.stat(stat);
        }
    }

    /** To GET_DATA. */
    record Data(@Nullable Payload data, Stat stat) implements Response {
        @Override
        public void writeTo(JuteWriter out) {
            out.buffer(data);
            out.stat(stat);
        }
    }

    /** To GET_CHILDREN, and to GET_EPHEMERALS with whole paths. */
    record Names(List<String> names) implements Response {
        @Override
        public void writeTo(JuteWriter out) {
            out.texts(names);
        }
    }

    /** To GET_CHILDREN2. */
    record NamesAndStat(List<String> names, Stat stat) implements Response {
        @Override
        public void writeTo(JuteWriter out) {
            out.texts(names);
            out.stat(stat);
        }
    }

    /** To GET_ACL. */
    record AclAndStat(Acl acl, Stat stat) implements Response {
        @Override
        public void writeTo(JuteWriter out) {
            out.acl(acl);
            out.stat(stat);
        }
    }

    /** To GET_ALL_CHILDREN_NUMBER. */
    record Count(int count) implements Response {
        @Override
        public void writeTo(JuteWriter out) {
            out.int32(count);
        }
    }

    /** To ADD_WATCH, which unlike others repeats its error in the body. */
    record ErrorOf(ErrorCode error) implements Response {
        @Override
        public void writeTo(JuteWriter out) {
            out.int32(error.code());
        }
    }

    /** To WHO_AM_I. */
    record Identities(List<Identity> identities) implements Response {
        @Override
        public void writeTo(JuteWriter out) {
            out.int32(identities.size());
            for (Identity identity : identities) {
                out.text(identity.scheme());
                out.text(identity.id());
            }
        }
    }

    /** To MULTI and MULTI_READ. */
    record Results(List<Result> results) implements Response {
        public Results {
            results = List.copyOf(results);
        }

        /**
         * Of one operation.
         *
         * @param opCode what was asked for
         * @param body empty unless {@code error} is OK; an OK operation of a multi that failed is reported by
         *     {@link #failed}
         */
        public record Result(int opCode, ErrorCode error, Response body) {
            public static Result done(OpCode opCode, Response body) {
                return new Result(opCode.code(), ErrorCode.OK, body);
            }

            public static Result failed(ErrorCode error) {
                return new Result(OpCode.ERROR_OR_END, error, new ErrorOf(error));
            }
        }

        @Override
        public void writeTo(JuteWriter out) {
            for (Result result : results) {
                header(out, result.opCode, false, result.error.code());
                result.body.writeTo(out);
            }
            header(out, OpCode.ERROR_OR_END, true, -1);
        }

        private static void header(JuteWriter out, int opCode, boolean done, int error) {
            out.int32(opCode);
            out.bool(done);
            out.int32(error);
        }
    }
}
