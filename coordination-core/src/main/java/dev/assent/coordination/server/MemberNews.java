package dev.assent.coordination.server;

import dev.assent.coordination.model.SessionId;
import dev.assent.coordination.server.ordering.Edge;
import dev.assent.coordination.zab.Role;
import dev.assent.event.EventStream;
import dev.assent.event.MemberEvent;
import dev.assent.event.SessionEvent;
import dev.assent.time.Clock;

/**
 * Tells events of one server: what it is to the others, what its disk and its clients' sessions do. It watches at the
 * edges of what it tells of, and changes nothing there. Thread-safe.
 */
final class MemberNews {
    private final EventStream events;
    private final Clock clock;
    private final long self;
    private long lookingSinceNanos;
    private ServerStatus before;

    MemberNews(EventStream events, Clock clock, ServerStatus now) {
        this.events = events;
        this.clock = clock;
        this.self = now.self().value();
        this.before = now;
        this.lookingSinceNanos = clock.nanos();
    }

    /** To be called with each change. */
    synchronized void is(ServerStatus now) {
        boolean served = before.serving();
        before = now;
        if (served && !now.serving()) {
            lookingSinceNanos = clock.nanos();
        }
        if (!events.isHeard()) {
            return;
        }
        if (now.serving()) {
            events.tell(new MemberEvent.Serving(
                    self,
                    role(now),
                    now.leader().map(leader -> (long) leader.value()).orElse(self),
                    now.epoch().value(),
                    served ? 0 : clock.nanos() - lookingSinceNanos));
        } else if (now.role() == Role.LOOKING) {
            events.tell(new MemberEvent.Looking(self));
        }
    }

    private static MemberEvent.Role role(ServerStatus now) {
        if (now.standalone()) {
            return MemberEvent.Role.STANDALONE;
        }
        return switch (now.role()) {
            case LEADING -> MemberEvent.Role.LEADER;
            case FOLLOWING -> MemberEvent.Role.FOLLOWER;
            case OBSERVING -> MemberEvent.Role.OBSERVER;
            case LOOKING -> throw new IllegalStateException("who looks for a leader serves nobody");
        };
    }

    /** The same connections, of whose sessions is told. */
    Edge watching(Edge edge) {
        return new ToldEdge(edge);
    }

    private final class ToldEdge implements Edge {
        private final Edge edge;

        ToldEdge(Edge edge) {
            this.edge = edge;
        }

        @Override
        public void sessionBound(SessionId session, int timeoutMillis) {
            if (events.isHeard()) {
                events.tell(new SessionEvent.Opened(self, session.toString(), timeoutMillis));
            }
        }

        @Override
        public void sessionOver(SessionId session) {
            if (events.isHeard()) {
                events.tell(new SessionEvent.Ended(self, session.toString()));
            }
        }

        @Override
        public void wake() {
            edge.wake();
        }

        @Override
        public void suspend() {
            edge.suspend();
        }

        @Override
        public void resume() {
            edge.resume();
        }

        @Override
        public void crowded(boolean crowded) {
            edge.crowded(crowded);
        }

        @Override
        public void endAll(String why) {
            edge.endAll(why);
        }
    }
}
