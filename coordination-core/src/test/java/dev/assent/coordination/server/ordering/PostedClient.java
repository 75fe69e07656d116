package dev.assent.coordination.server.ordering;

import dev.assent.coordination.model.EventType;
import dev.assent.coordination.model.Identity;
import dev.assent.coordination.model.SessionId;
import dev.assent.coordination.model.ZnodePath;
import dev.assent.coordination.model.Zxid;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** A connection that keeps what is posted to it, until it is gone. */
final class PostedClient implements Client {
    private final List<Reply> replies = new ArrayList<>();
    private int looksLeft = Integer.MAX_VALUE;

    void disconnect() {
        looksLeft = 0;
    }

    /** It is gone as soon as somebody has looked for it so often. */
    void disconnectAfter(int looks) {
        looksLeft = looks;
    }

    List<Reply> replies() {
        return replies;
    }

    @Override
    public void reply(Object ticket, Reply reply) {
        replies.add(reply);
    }

    @Override
    public void notify(Zxid zxid, EventType type, ZnodePath path) {}

    @Override
    public void end(String why) {
        disconnect();
    }

    @Override
    public boolean isConnected() {
        boolean connected = looksLeft > 0;
        looksLeft -= connected ? 1 : 0;
        return connected;
    }

    @Override
    public Optional<SessionId> session() {
        return Optional.empty();
    }

    @Override
    public List<Identity> identities() {
        return List.of();
    }
}
