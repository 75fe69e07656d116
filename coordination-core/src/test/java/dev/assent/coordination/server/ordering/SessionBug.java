package dev.assent.coordination.server.ordering;

import dev.assent.coordination.server.ordering.ServerMessage.Confirmed;
import dev.assent.coordination.server.ordering.ServerMessage.Heard;
import dev.assent.coordination.server.ordering.ServerMessage.Mark;
import java.util.List;

/** Ways to get sessions wrong, made around the production classes; the simulation has to notice each. */
enum SessionBug {
    NONE,

    /** An edge answers pings, and keeps clients, whatever the leader knows. */
    EDGE_ANSWERS_WITHOUT_TELLING {
        @Override
        boolean answersAll() {
            return true;
        }
    },

    /** The leader counts the time in which it could not listen. */
    DEAF_TIME_COUNTS {
        @Override
        boolean countsDeafTime() {
            return true;
        }
    },

    /** A leader confirms reports although a quorum may follow another one. */
    VOUCHED_WITHOUT_A_QUORUM {
        @Override
        ServerMessage sent(ServerMessage message) {
            return message instanceof Confirmed confirmed
                    ? new Confirmed(confirmed.throughMillis(), 0, confirmed.mark())
                    : message;
        }
    },

    /** A report is confirmed, and what is in it does not count. */
    REPORT_FORGOTTEN {
        @Override
        ServerMessage sent(ServerMessage message) {
            return message instanceof Heard heard
                    ? new Heard(List.of(), heard.last(), heard.throughMillis(), heard.mark())
                    : message;
        }
    },

    /** Who was heard before a leader was lost is not reported to the next, or to the same one again. */
    REPORT_LOST_WITH_ITS_LINK {
        @Override
        ServerMessage sent(ServerMessage message) {
            return message instanceof Heard heard && heard.mark().equals(Mark.NONE)
                    ? new Heard(List.of(), heard.last(), heard.throughMillis(), heard.mark())
                    : message;
        }
    },

    /** A report repeats a mark that no leader has given yet: it claims to be newer than it is. */
    REPORT_CLAIMS_THE_FUTURE {
        @Override
        ServerMessage sent(ServerMessage message) {
            return message instanceof Heard heard
                    ? new Heard(heard.sessions(), heard.last(), heard.throughMillis(), new Mark(FAR, FAR))
                    : message;
        }
    },

    /** A client is told that it has its session, however long ago the server, which slept, was granted it. */
    OPENED_HOWEVER_LATE {
        @Override
        boolean opensHoweverLate() {
            return true;
        }
    },

    /** A server that waits for its leader does not read its clients, and takes that for their silence. */
    UNREAD_COUNTS_AS_SILENT {
        @Override
        boolean forgetsWhomItDoesNotRead() {
            return true;
        }
    };

    private static final long FAR = 1L << 40;

    boolean answersAll() {
        return false;
    }

    boolean countsDeafTime() {
        return false;
    }

    boolean opensHoweverLate() {
        return false;
    }

    boolean forgetsWhomItDoesNotRead() {
        return false;
    }

    /** What is sent to another server instead of {@code message}. */
    ServerMessage sent(ServerMessage message) {
        return message;
    }
}
