package dev.assent.coordination.server.ordering;

import dev.assent.coordination.model.EventType;
import dev.assent.coordination.model.Identity;
import dev.assent.coordination.model.Payload;
import dev.assent.coordination.model.SessionId;
import dev.assent.coordination.model.ZnodePath;
import dev.assent.coordination.model.Zxid;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** A server's end of one client's connection: what a conversation does about sessions and pings. */
final class SimConnection implements Client {
    private final SimServer server;
    private final SimClient client;
    private EdgePatience patience = new EdgePatience(2 * SimServer.TICK_MILLIS);
    private @Nullable Order wish;
    private @Nullable SessionId session;
    private final LifeSign life = new LifeSign();
    /** A ping that came while the server did not read. */
    private boolean unread;

    private boolean ended;
    private boolean owed;
    private long lastSentMillis;

    SimConnection(SimServer server, SimClient client) {
        this.server = server;
        this.client = client;
        server.add(this);
    }

    EdgePatience patience() {
        return patience;
    }

    void greet(Order order) {
        wish = order;
        askIfPossible();
    }

    private void askIfPossible() {
        Order asking = wish;
        if (asking != null && server.mayAsk(patience)) {
            wish = null;
            server.store().submit(List.of(new Submission(this, this, asking, 0)));
        }
    }

    /** A ping that the client sent at {@code sentMillis}. */
    void ping(long sentMillis) {
        if (!ended && session != null) {
            lastSentMillis = sentMillis;
            unread = true;
            read();
        }
    }

    /** Whether something of this moment's client waits to be read, at a server whose word {@code leader} has. */
    boolean isUnread(SimServer leader, int timeoutMillis) {
        return !ended && unread && server.isHeardBy(leader, new EdgePatience(timeoutMillis));
    }

    private void read() {
        if (unread && server.reads()) {
            unread = false;
            life.shown();
            owed = true;
            answer();
        }
    }

    private void answer() {
        if (owed && server.mayAnswer(patience)) {
            owed = false;
            client.pinged(this, lastSentMillis);
        }
    }

    void review(List<SessionId> alive) {
        askIfPossible();
        read();
        if (life.take(server.countsAsRead()) && session != null) {
            alive.add(session);
        }
        answer();
    }

    @Override
    public Optional<SessionId> session() {
        return Optional.ofNullable(session);
    }

    @Override
    public void reply(Object ticket, Reply reply) {
        server.post(() -> settled(reply));
    }

    private void settled(Reply reply) {
        if (ended) {
            if (reply instanceof Reply.Opened opened) {
                server.store().left(opened.session().id(), this);
            }
        } else if (reply instanceof Reply.Opened opened) {
            EdgePatience granted = new EdgePatience(opened.session().timeoutMillis());
            if (!server.mayOpen(granted, opened.grantedMillis())) {
                server.store().left(opened.session().id(), this);
                end("granted too long ago");
                return;
            }
            life.shown();
            session = opened.session().id();
            patience = granted;
            client.opened(
                    this,
                    opened.session().id(),
                    Payload.wrap(opened.session().password().bytes()));
        } else {
            client.refused(this);
            end("refused");
        }
    }

    @Override
    public void notify(Zxid zxid, EventType type, ZnodePath path) {}

    @Override
    public void end(String why) {
        if (ended) {
            return;
        }
        ended = true;
        server.remove(this);
        if (session != null && life.take(true)) {
            server.heardAndGone(session);
        }
        if (session != null) {
            server.store().left(session, this);
        }
        client.closed(this);
    }

    @Override
    public boolean isConnected() {
        return !ended;
    }

    @Override
    public List<Identity> identities() {
        return List.of();
    }
}
