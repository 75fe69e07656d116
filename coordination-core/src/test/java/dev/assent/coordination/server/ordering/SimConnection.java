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
    private boolean heard;
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
            server.store().submit(List.of(new Submission(this, this, asking)));
        }
    }

    /** A ping that the client sent at {@code sentMillis}. */
    void ping(long sentMillis) {
        if (!ended && session != null) {
            heard = true;
            owed = true;
            lastSentMillis = sentMillis;
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
        if (heard && session != null) {
            alive.add(session);
        }
        heard = false;
        answer();
    }

    @Override
    public Optional<SessionId> session() {
        return Optional.ofNullable(session);
    }

    @Override
    public void reply(Object ticket, Reply reply) {
        if (ended) {
            if (reply instanceof Reply.Opened opened) {
                server.store().left(opened.session().id(), this);
            }
        } else if (reply instanceof Reply.Opened opened) {
            session = opened.session().id();
            patience = new EdgePatience(opened.session().timeoutMillis());
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
        if (heard && session != null) {
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
