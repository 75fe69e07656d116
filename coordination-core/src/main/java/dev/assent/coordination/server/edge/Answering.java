package dev.assent.coordination.server.edge;

import dev.assent.coordination.jute.ClientFrames;
import dev.assent.coordination.jute.OpCode;
import dev.assent.coordination.jute.OrderedRequest;
import dev.assent.coordination.jute.Response;
import dev.assent.coordination.model.SessionId;
import dev.assent.coordination.net.client.ClientChannel;
import dev.assent.coordination.server.ordering.Client;
import dev.assent.coordination.server.ordering.Reply;
import dev.assent.coordination.tree.DataTree;
import org.jspecify.annotations.Nullable;

/**
 * Answers the requests of one client that has its session, each when it is its turn. On the connection's event loop.
 *
 * <p>A read behind a write is answered from the tree right after that write, so that it sees what the client wrote before
 * and nothing that it wrote after. A read that sets a watch needs the newest tree instead.
 */
final class Answering implements Slot.Handler {
    private static final long NO_ZXID = -1;

    private final EdgeLoop loop;
    private final ClientChannel channel;
    private final Client client;
    private final SessionId session;
    private final int replyBytesMax;
    /** The tree after the last of the client's ordered requests that was answered. */
    private @Nullable DataTree treeBehind;

    Answering(EdgeLoop loop, ClientChannel channel, Client client, SessionId session, int replyBytesMax) {
        this.loop = loop;
        this.channel = channel;
        this.client = client;
        this.session = session;
        this.replyBytesMax = replyBytesMax;
    }

    /** Nothing of the client's is under way: what it reads next may be as new as there is. */
    void caughtUp() {
        treeBehind = null;
    }

    @Override
    public void read(Slot.Read slot) {
        DataTree tree = treeToRead();
        Answer answer = slot.request().accept(new Reading(tree, session, client.identities(), replyBytesMax));
        write(slot.xid(), tree, answer);
    }

    @Override
    public void refused(Slot.Refused slot) {
        boolean isLogin = slot.request().opCode() == OpCode.SASL;
        Response body = isLogin ? new Response.NoToken() : Response.Empty.INSTANCE;
        write(slot.xid(), treeToRead(), new Answer(slot.request().error(), body));
    }

    private DataTree treeToRead() {
        DataTree behind = treeBehind;
        return behind == null ? loop.freshTree() : behind;
    }

    @Override
    public void watchingRead(Slot.WatchingRead slot) {
        record Read(DataTree tree, Watching watching, Answer answer, long messagesBefore) {}
        Read read = loop.watched().watching((tree, watches) -> {
            Watching watching = new Watching(tree, watches, client, session, replyBytesMax);
            return new Read(tree, watching, slot.request().accept(watching), loop.messagesPosted());
        });
        // Not those that came since: an event that overtakes the reply which sets its watch finds nobody waiting.
        loop.readMailbox(read.messagesBefore());
        treeBehind = null;
        read.watching().missed().forEach(event -> channel.out()
                .writeBytes(ClientFrames.notification(NO_ZXID, event.type(), event.path())));
        write(slot.xid(), read.tree(), read.answer());
    }

    @Override
    public void ordered(Slot.Ordered slot) {
        Reply reply = slot.reply();
        OrderedRequest request = slot.request();
        if (reply instanceof Reply.Settled settled && request instanceof OrderedRequest.Change change) {
            treeBehind = settled.applied().tree();
            write(slot.xid(), settled.zxid().value(), ChangeAnswer.of(change, settled.applied()));
        } else if (reply instanceof Reply.CaughtUp caughtUp && request instanceof OrderedRequest.Sync sync) {
            treeBehind = caughtUp.tree();
            write(slot.xid(), caughtUp.tree(), Answer.of(new Response.PathOf(sync.path())));
        } else {
            throw new IllegalStateException(request + " was answered with " + reply);
        }
    }

    /** Answers what does not stand in line. */
    void write(int xid, DataTree tree, Answer answer) {
        write(xid, tree.zxid().value(), answer);
    }

    private void write(int xid, long zxid, Answer answer) {
        channel.out().writeBytes(ClientFrames.reply(xid, zxid, answer.error(), answer.body()));
    }
}
