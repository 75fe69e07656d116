package dev.assent.coordination.server.edge;

import dev.assent.coordination.jute.ClientFrames;
import dev.assent.coordination.jute.ConnectRequest;
import dev.assent.coordination.jute.ConnectResponse;
import dev.assent.coordination.jute.ConnectionRequest;
import dev.assent.coordination.jute.MalformedRequest;
import dev.assent.coordination.jute.OpCode;
import dev.assent.coordination.jute.OrderedRequest;
import dev.assent.coordination.jute.ReadRequest;
import dev.assent.coordination.jute.Request;
import dev.assent.coordination.jute.RequestDecoder;
import dev.assent.coordination.jute.RequestFrame;
import dev.assent.coordination.jute.SpecialXid;
import dev.assent.coordination.jute.WatchingRequest;
import dev.assent.coordination.model.ErrorCode;
import dev.assent.coordination.model.EventType;
import dev.assent.coordination.model.Identity;
import dev.assent.coordination.model.Payload;
import dev.assent.coordination.model.SessionId;
import dev.assent.coordination.model.ZnodePath;
import dev.assent.coordination.model.Zxid;
import dev.assent.coordination.net.client.ClientChannel;
import dev.assent.coordination.net.client.Conversation;
import dev.assent.coordination.net.client.MalformedFrameException;
import dev.assent.coordination.server.config.ClientAccess;
import dev.assent.coordination.server.config.ClientLimits;
import dev.assent.coordination.server.config.SecureAccess;
import dev.assent.coordination.server.ordering.Client;
import dev.assent.coordination.server.ordering.EdgePatience;
import dev.assent.coordination.server.ordering.LifeSign;
import dev.assent.coordination.server.ordering.Order;
import dev.assent.coordination.server.ordering.Reply;
import dev.assent.coordination.server.ordering.Submission;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One client on one connection, from its first frame to the last. Confined to the connection's event loop; the methods
 * of {@link Client} only post to it.
 *
 * <p>{@code GREETING} -> {@code OPENING} when the client has said which session it wants -> {@code OPEN} when it has
 * it -> {@code ENDED}. Requests stand in a {@link RequestLine}, and {@link Answering} answers them in their turn.
 */
final class ClientConversation implements Conversation, Client {
    private static final Logger LOG = LoggerFactory.getLogger(ClientConversation.class);

    private final EdgeLoop loop;
    private final ClientChannel channel;
    private final ClientAccess access;
    private final RequestDecoder decoder;
    private final Traffic.Connection traffic;
    private final Consumer<MalformedRequest> complaints = this::complain;
    private final RequestLine line = new RequestLine();
    private final Beside beside = new Beside();

    private State state = State.GREETING;
    private @Nullable ConnectRequest greeting;
    private @Nullable SessionId session;
    /** From when the client has its session. */
    private @Nullable Answering answering;

    private long tenure;
    private final Identities identities;
    private volatile boolean connected = true;
    private boolean pressed;
    private boolean scheduled;
    private final LifeSign life = new LifeSign();
    private boolean complained;
    private int pingsToAnswer;
    private EdgePatience patience;

    private enum State {
        GREETING,
        OPENING,
        OPEN,
        ENDED
    }

    ClientConversation(EdgeLoop loop, ClientChannel channel, ClientAccess access, RequestDecoder decoder) {
        this.loop = loop;
        this.channel = channel;
        this.access = access;
        this.decoder = decoder;
        String address = channel.remote().getAddress().getHostAddress();
        this.identities =
                new Identities(address, access.superDigest(), access.secure().flatMap(SecureAccess::superSubject));
        this.patience = new EdgePatience(access.timeouts().minMillis());
        this.traffic = loop.counting(channel.remote());
        loop.joined(this);
    }

    // From the connection.

    @Override
    public void frame(byte[] bytes) throws MalformedFrameException {
        try {
            if (state == State.GREETING) {
                ConnectRequest wish = decoder.connectRequest(bytes);
                greeting = wish;
                patience = patienceBeforeOpening(wish);
                greet();
            } else if (state == State.OPEN) {
                life.shown();
                take(decoder.requestOrRefusal(bytes, complaints), bytes.length);
            }
        } catch (MalformedRequest e) {
            throw new MalformedFrameException(String.valueOf(e.getMessage()), e);
        }
        followPressure();
    }

    /** Once for each connection: its client may send as much of it as it likes. */
    private void complain(MalformedRequest malformed) {
        if (complained) {
            LOG.debug("client {}: {}", channel.remote(), malformed.getMessage());
        } else {
            complained = true;
            channel.complain(malformed.getMessage()
                    + "; answered with an error, and so is what it sends of that kind from here on");
        }
    }

    @Override
    public void certified(X509Certificate certificate) {
        identities.certified(certificate.getSubjectX500Principal().getName());
    }

    @Override
    public void closed() {
        loop.left(this);
        state = State.ENDED;
        connected = false;
        line.clear();
        traffic.closed();
        loop.watched().forget(this);
        SessionId mine = session;
        if (mine != null) {
            loop.store().left(mine, this);
        }
    }

    /** Half of what it will be: the client shall have time left for the next server. */
    private EdgePatience patienceBeforeOpening(ConnectRequest wish) {
        int timeoutMillis = access.timeouts().clamp(wish.timeoutMillis());
        return new EdgePatience(Math.max(access.timeouts().minMillis(), timeoutMillis / 2));
    }

    /** Asks for the session, as soon as there is a leader to ask. */
    private void greet() {
        ConnectRequest wish = greeting;
        if (wish == null || state != State.GREETING || loop.suspended() || !patience.mayAnswer(loop.ageMillis())) {
            return;
        }
        if (wish.sessionId() == 0 && isBehind(wish)) {
            return;
        }
        state = State.OPENING;
        Order order = wish.sessionId() == 0
                ? new Order.Open(access.timeouts().clamp(wish.timeoutMillis()))
                : new Order.Reopen(new SessionId(wish.sessionId()), wish.password());
        loop.submit(new Submission(this, wish, order, 0));
    }

    /** A client must never be shown an older state than it has seen. */
    private boolean isBehind(ConnectRequest wish) {
        Zxid here = loop.watched().tree().zxid();
        boolean behind = wish.lastZxidSeen() > here.value();
        if (behind) {
            channel.reject(
                    "it has seen zxid 0x" + Long.toHexString(wish.lastZxidSeen()) + ", this server only " + here);
        }
        return behind;
    }

    private void take(RequestFrame frame, int bytes) {
        traffic.received();
        frame.request().accept(new Incoming(frame.xid(), bytes));
    }

    /** Answers one request, or gives it its place in the line; returns whether it has one. */
    private final class Incoming implements Request.Handler<Boolean> {
        private final int xid;
        private final int frameBytes;

        Incoming(int xid, int frameBytes) {
            this.xid = xid;
            this.frameBytes = frameBytes;
        }

        @Override
        public Boolean read(ReadRequest request) {
            return answerOrQueue(new Slot.Read(xid, frameBytes, request));
        }

        @Override
        public Boolean refused(Request.Refused request) {
            if (request.opCode() == OpCode.SASL) {
                channel.complain(
                        "asks to log in by SASL, which there is not here: it should have no JAAS section for the"
                                + " store, and use the scheme digest, or a certificate on the secureClientPort");
            }
            return answerOrQueue(new Slot.Refused(xid, frameBytes, request));
        }

        @Override
        public Boolean watching(WatchingRequest request) {
            return answerOrQueue(new Slot.WatchingRead(xid, frameBytes, request));
        }

        @Override
        public Boolean ordered(OrderedRequest request) {
            Slot.Ordered slot = new Slot.Ordered(xid, frameBytes, request);
            boolean now = line.mayOrder();
            line.add(slot);
            if (now) {
                submit(slot);
            }
            return true;
        }

        @Override
        public Boolean connection(ConnectionRequest request) {
            return request.accept(beside);
        }
    }

    /** Answers what does not stand in line. */
    private final class Beside implements ConnectionRequest.Handler<Boolean> {
        @Override
        public Boolean ping(ConnectionRequest.Ping request) {
            pingsToAnswer++;
            answerPings();
            return false;
        }

        @Override
        public Boolean auth(ConnectionRequest.Auth request) {
            authenticate(request);
            return false;
        }
    }

    /** A ping is answered once the leader knows, or will know in time, that the client lives. */
    void answerPings() {
        if (pingsToAnswer == 0 || state != State.OPEN || !patience.mayAnswer(loop.ageMillis())) {
            return;
        }
        // What the leader said before it confirmed what it knows: perhaps that this session is over.
        loop.readMailbox();
        if (state != State.OPEN || !channel.isOpen()) {
            return;
        }
        for (; pingsToAnswer > 0; pingsToAnswer--) {
            traffic.answered(0);
            answering().write(SpecialXid.PING.xid(), loop.watched().tree(), Answer.EMPTY);
        }
    }

    /** The same, when no read-complete follows. */
    void answerPingsNow() {
        if (pingsToAnswer > 0) {
            answerPings();
            channel.flush();
        }
    }

    /** Returns whether it has to wait. */
    private boolean answerOrQueue(Slot slot) {
        if (line.isEmpty()) {
            answer(slot);
            return false;
        }
        line.add(slot);
        return true;
    }

    private void submit(Slot.Ordered slot) {
        slot.submitted();
        Order.Sender sender = new Order.Sender(sessionId(), tenure, slot.xid());
        Order order = slot.request().accept(new OrderedRequest.Handler<Order>() {
            @Override
            public Order change(OrderedRequest.Change request) {
                return request.accept(new OrderFor(sender, identities()));
            }

            @Override
            public Order sync(OrderedRequest.Sync request) {
                return new Order.CatchUp();
            }
        });
        loop.submit(new Submission(this, slot, order, slot.frameBytes()));
    }

    private void authenticate(ConnectionRequest.Auth auth) {
        Optional<String> problem = identities.prove(auth);
        Answer answer = problem.isEmpty() ? Answer.EMPTY : Answer.failed(ErrorCode.AUTH_FAILED);
        answering().write(SpecialXid.AUTH.xid(), loop.watched().tree(), answer);
        problem.ifPresent(channel::reject);
    }

    // From the replica loop.

    @Override
    public void reply(Object ticket, Reply reply) {
        loop.post(this, () -> settled(ticket, reply));
    }

    @Override
    public void notify(Zxid zxid, EventType type, ZnodePath path) {
        byte[] frame = ClientFrames.notification(zxid.value(), type, path.value());
        loop.post(this, () -> {
            if (state == State.OPEN) {
                channel.out().writeBytes(frame);
                schedule();
            }
        });
    }

    @Override
    public void end(String why) {
        loop.post(this, () -> {
            LOG.debug("session {}: {}; connection closed", session, why);
            proceed();
            channel.end();
        });
    }

    @Override
    public boolean isConnected() {
        return connected;
    }

    @Override
    public Optional<SessionId> session() {
        return Optional.ofNullable(session);
    }

    @Override
    public List<Identity> identities() {
        return identities.all();
    }

    private void settled(Object ticket, Reply reply) {
        if (ticket instanceof Slot.Ordered slot) {
            slot.settle(reply);
            schedule();
        } else if (reply instanceof Reply.Opened opened) {
            opened(opened);
        } else {
            refused();
        }
    }

    private void opened(Reply.Opened opened) {
        SessionId id = opened.session().id();
        ConnectRequest wish = greeting;
        // A session that moved is checked only now: on the way this server caught up with the leader.
        if (state != State.OPENING || wish == null || isBehind(wish)) {
            loop.store().left(id, this);
            return;
        }
        EdgePatience granted = new EdgePatience(opened.session().timeoutMillis());
        if (!loop.mayOpen(granted, opened.grantedMillis())) {
            loop.store().left(id, this);
            loop.openedTooLate(this);
            return;
        }
        state = State.OPEN;
        life.shown(); // what the client is told now makes it believe in its session for another time-out
        session = id;
        answering = new Answering(loop, channel, this, id, access.limits().frameBytesMax());
        tenure = opened.tenure();
        patience = granted;
        channel.established();
        traffic.opened(id, opened.session().timeoutMillis());
        Payload password = Payload.wrap(opened.session().password().bytes());
        boolean readOnlySent = greeting != null && greeting.readOnlySent();
        channel.out()
                .writeBytes(ClientFrames.connectResponse(
                        new ConnectResponse(opened.session().timeoutMillis(), id.value(), password, readOnlySent)));
        schedule();
    }

    private void refused() {
        if (state == State.OPENING) {
            boolean readOnlySent = greeting != null && greeting.readOnlySent();
            channel.out().writeBytes(ClientFrames.connectResponse(ConnectResponse.expired(readOnlySent)));
            channel.end();
        }
    }

    private void schedule() {
        if (!scheduled) {
            scheduled = true;
            loop.schedule(this);
        }
    }

    /** Answers what can be answered by now. */
    void proceed() {
        scheduled = false;
        Slot next = takeAnswerable();
        while (next != null) {
            answer(next);
            if (next instanceof Slot.WatchingRead) {
                line.release(this::submit);
            }
            next = takeAnswerable();
        }
        if (line.isEmpty() && answering != null) {
            answering.caughtUp();
        }
        channel.flush();
        followPressure();
    }

    private @Nullable Slot takeAnswerable() {
        return state == State.OPEN ? line.takeAnswerable() : null;
    }

    private void answer(Slot slot) {
        traffic.answered(slot.latencyMillis());
        slot.accept(answering());
    }

    private Answering answering() {
        Answering mine = answering;
        if (mine == null) {
            throw new IllegalStateException("no session yet");
        }
        return mine;
    }

    // Limits and life.

    /** Stops to read from a client that has too much under way or must wait for a leader; goes on when it may. */
    void followPressure() {
        greet();
        ClientLimits limits = access.limits();
        traffic.queued(line.size());
        int divisor = pressed ? 2 : 1;
        pressed = line.size() >= (loop.crowded() ? 1 : limits.requestsPerConnectionMax() / divisor)
                || line.bytes() >= limits.requestBytesPerConnectionMax() / divisor;
        boolean waiting = state == State.OPENING || (greeting != null && (loop.suspended() || state == State.GREETING));
        channel.underWay(line.bytes(), waiting || pressed);
    }

    /** Whether there was anything to end. */
    boolean cutOff(String why) {
        boolean ending = channel.isOpen() && (state != State.GREETING || greeting != null);
        if (ending) {
            LOG.debug("session {}: {}; connection closed", session, why);
            channel.end();
        }
        return ending;
    }

    /** Of the session, or with a client that waits for one. */
    EdgePatience patience() {
        return patience;
    }

    /** A client that waits for its session may have it now. */
    void greetAgain() {
        if (state == State.GREETING) {
            followPressure();
        }
    }

    /**
     * The session, if it has shown life since this was last asked. Whom this server does not read, it cannot take for
     * silent; but who is not read because it takes no replies is, unless it takes some.
     */
    Optional<SessionId> takeHeard() {
        if (channel.takeProgress()) {
            life.shown();
        }
        boolean alive = life.take(!pressed && !loop.suspended() && !channel.isDeaf());
        return alive && state == State.OPEN ? Optional.of(sessionId()) : Optional.empty();
    }

    private SessionId sessionId() {
        SessionId mine = session;
        if (mine == null) {
            throw new IllegalStateException("no session yet");
        }
        return mine;
    }
}
