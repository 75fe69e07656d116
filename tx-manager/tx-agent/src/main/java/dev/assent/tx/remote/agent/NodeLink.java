package dev.assent.tx.remote.agent;

import com.google.protobuf.ByteString;
import dev.assent.time.Backoff;
import dev.assent.time.Clock;
import dev.assent.tx.model.ClusterId;
import dev.assent.tx.model.Decision;
import dev.assent.tx.model.GlobalTxId;
import dev.assent.tx.remote.AgentId;
import dev.assent.tx.remote.acceptor.AcceptorWire;
import dev.assent.tx.remote.wire.AcceptorAt;
import dev.assent.tx.remote.wire.AgentMessage;
import dev.assent.tx.remote.wire.Answer;
import dev.assent.tx.remote.wire.ChosenHeard;
import dev.assent.tx.remote.wire.Command;
import dev.assent.tx.remote.wire.CoordinatorGrpc;
import dev.assent.tx.remote.wire.Ended;
import dev.assent.tx.remote.wire.Hello;
import dev.assent.tx.remote.wire.Leading;
import dev.assent.tx.remote.wire.NameAnswer;
import dev.assent.tx.remote.wire.NamedResource;
import dev.assent.tx.remote.wire.NamesClosed;
import dev.assent.tx.remote.wire.NodeMessage;
import dev.assent.tx.remote.wire.Refusal;
import dev.assent.tx.remote.wire.Request;
import dev.assent.tx.remote.wire.Welcome;
import io.grpc.ManagedChannel;
import io.grpc.Status;
import io.grpc.stub.StreamObserver;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The agent's link to one node: dials, introduces itself, and dials again for ever when the link is lost. */
final class NodeLink {
    private static final Logger LOG = LoggerFactory.getLogger(NodeLink.class);
    private static final Backoff REDIALS = new Backoff(50, 2_000);

    /** After refusals. A proxy refuses in a node's name while it is deployed, so only repetition makes pauses long. */
    private static final Backoff REDIALS_REFUSED = new Backoff(50, 60_000);

    /** Who the agent is, and what it does with what a node says. */
    interface Owner {
        AgentId agent();

        String service();

        Iterable<NamedResource> resources();

        /** This service's acceptor, if it keeps one. */
        default Optional<AcceptorAt> acceptor() {
            return Optional.empty();
        }

        /** Runs a command on some other thread and hands the reply to {@code reply}. */
        void command(Command command, Consumer<AgentMessage> reply);

        void ended(Ended ended);

        /** A node answered a greeting, and said what time it is. */
        void toldTime(String node, long epochMillis, long roundTripNanos);

        /** Whether a name of ours stands for our resource, as that node found. */
        void nameAnswer(NodeLink node, NameAnswer answer);

        /** What that node said of names was said over a link that is lost. */
        void linkLost(NodeLink node);

        /** A node hands a shard over, and is to hear of all that was named under its epoch. */
        void closing(NodeLink node, Leading.Shard shard);

        /** A later epoch of a shard was announced: some transactions cannot commit any more. */
        void leaderChanged();
    }

    private final String target;
    private final ManagedChannel channel;
    private final NodeDirectory directory;
    private final Owner owner;
    private final ScheduledExecutorService timer;
    private final LinkRequests requests = new LinkRequests();
    private @Nullable StreamObserver<AgentMessage> out;
    private @Nullable Inbound current;
    private long redialMillis = REDIALS.firstMillis();
    private @Nullable Future<?> redial;
    /** Whether the pause before the next attempt may be cut short. */
    private boolean mayDialAtOnce;

    private String lastRefusal = "";
    private boolean closed;
    private volatile long greetedNanos = Clock.SYSTEM.nanos();

    NodeLink(
            String target,
            ManagedChannel channel,
            NodeDirectory directory,
            Owner owner,
            ScheduledExecutorService timer) {
        this.target = target;
        this.channel = channel;
        this.directory = directory;
        this.owner = owner;
        this.timer = timer;
    }

    /** Calls to this node, with a time limit. */
    CoordinatorGrpc.CoordinatorBlockingStub calls(Duration timeout) {
        return CoordinatorGrpc.newBlockingStub(channel)
                .withDeadlineAfter(Math.max(1, timeout.toMillis()), TimeUnit.MILLISECONDS);
    }

    /** Has this node record what acceptors chose; fails when it has not within {@code timeout}. */
    CompletionStage<Void> learn(GlobalTxId transaction, Decision chosen, Duration timeout) {
        CompletableFuture<Void> heard = new CompletableFuture<>();
        asking(timeout).learn(AcceptorWire.chosen(transaction, chosen), new StreamObserver<>() {
            @Override
            public void onNext(ChosenHeard answer) {
                heard.complete(null);
            }

            @Override
            public void onError(Throwable failed) {
                heard.completeExceptionally(failed);
            }

            @Override
            public void onCompleted() {
                // The answer has come before.
            }
        });
        return heard;
    }

    /** The same for who does not wait for the answer. */
    CoordinatorGrpc.CoordinatorStub asking(Duration timeout) {
        return CoordinatorGrpc.newStub(channel)
                .withDeadlineAfter(Math.max(1, timeout.toMillis()), TimeUnit.MILLISECONDS);
    }

    synchronized void dial() {
        if (closed) {
            return;
        }
        // A node that comes back is to be found at once, not after the channel's own growing pause.
        channel.resetConnectBackoff();
        Inbound inbound = new Inbound();
        current = inbound;
        // Not waiting for the channel to be ready: that is tried again after the channel's own pauses, which grow to
        // minutes.
        StreamObserver<AgentMessage> begun = CoordinatorGrpc.newStub(channel).attach(inbound);
        if (!inbound.over) { // a channel that knows that nobody listens says so at once
            out = begun;
            introduce();
        }
    }

    /**
     * Something has changed among the nodes, so one that was lost may be back: it is dialled now and not after the pause
     * that has begun. One that refused this service is not.
     */
    synchronized void dialAtOnceIfLost() {
        if (mayDialAtOnce && redial != null && redial.cancel(false)) {
            dial();
        }
    }

    /** Tells the node again which resource managers this agent serves. */
    synchronized void introduce() {
        if (out != null) {
            greetedNanos = Clock.SYSTEM.nanos();
            Hello.Builder hello = Hello.newBuilder()
                    .setAgentId(owner.agent().bytes())
                    .setService(owner.service())
                    .addAllResources(owner.resources());
            owner.acceptor().ifPresent(hello::setAcceptor);
            send(AgentMessage.newBuilder().setHello(hello).build());
        }
    }

    /** A call over this link; see {@link LinkRequests#call}. */
    CompletableFuture<Answer> request(Request.Builder request) {
        return requests.call(request, made -> {
            if (!sent(AgentMessage.newBuilder().setRequest(made).build())) {
                requests.answered(Answer.newBuilder()
                        .setRequestId(made.getRequestId())
                        .setRefusal(Refusal.newBuilder()
                                .setCode(Status.Code.UNAVAILABLE.value())
                                .setDescription("not connected to " + this)
                                .setNotBegun(true))
                        .build());
            }
        });
    }

    /** All that was named under that epoch was spoken of over this link, and nothing is named under it any more. */
    void namesClosed(Leading.Shard shard) {
        send(AgentMessage.newBuilder()
                .setNamesClosed(NamesClosed.newBuilder()
                        .setShard(shard.getShard())
                        .setIncarnation(shard.getIncarnation())
                        .setEpoch(shard.getEpoch()))
                .build());
    }

    private synchronized boolean sent(AgentMessage message) {
        send(message);
        return out != null;
    }

    private synchronized void send(AgentMessage message) {
        if (out != null) {
            out.onNext(message);
        }
    }

    /** Command ids mean something on their own link only: an answer that comes after it was lost is dropped. */
    private synchronized void answer(Inbound asker, AgentMessage message) {
        if (asker == current) {
            send(message);
        }
    }

    private synchronized boolean isCurrent(Inbound inbound) {
        return inbound == current;
    }

    private void lost() {
        gone();
        dialAfterGrowingPause(REDIALS);
        mayDialAtOnce(true);
    }

    private synchronized void mayDialAtOnce(boolean may) {
        mayDialAtOnce = may;
    }

    private void gone() {
        directory.lost(this);
        requests.lost();
        owner.linkLost(this);
    }

    /** Somebody does not want this service as it is; repeating may help. */
    private void refused(Status status) {
        gone();
        mayDialAtOnce(false);
        logOnce(status.getCode().name(), status);
        dialAfterGrowingPause(REDIALS_REFUSED);
    }

    /** The node read what this service says of itself, and takes none of it: only another configuration can help. */
    private void refusedForGood(Status status) {
        gone();
        mayDialAtOnce(false);
        logOnce(String.valueOf(status), status);
        dialAfter(REDIALS_REFUSED.maxMillis());
    }

    private synchronized void logOnce(String refusal, Status status) {
        if (!refusal.equals(lastRefusal)) {
            lastRefusal = refusal;
            LOG.error(
                    "{} refuses service '{}': {}. Correct the configuration of this service or of what lies between"
                            + " them, or run the same version of Assent in both; the node is dialled again every {} s"
                            + " at the latest",
                    this,
                    owner.service(),
                    status.getDescription() == null
                            ? status.getCode()
                            : status.getCode() + ": " + status.getDescription(),
                    TimeUnit.MILLISECONDS.toSeconds(REDIALS_REFUSED.maxMillis()));
        }
    }

    private synchronized void dialAfterGrowingPause(Backoff pauses) {
        long pauseMillis = Math.min(pauses.maxMillis(), redialMillis);
        dialAfter(pauseMillis);
        redialMillis = pauses.after(pauseMillis);
    }

    private synchronized void dialAfter(long pauseMillis) {
        out = null;
        if (!closed) {
            redial = timer.schedule(this::dial, pauseMillis, TimeUnit.MILLISECONDS);
        }
    }

    void close() {
        synchronized (this) {
            closed = true;
            current = null; // what was sent before the node heard of it is not believed any more
            if (redial != null) {
                redial.cancel(false);
            }
            if (out != null) {
                out.onCompleted();
                out = null;
            }
        }
        gone();
        channel.shutdownNow();
    }

    /** Its {@code host:port}. */
    String target() {
        return target;
    }

    @Override
    public String toString() {
        return "node " + target;
    }

    private final class Inbound implements StreamObserver<NodeMessage> {
        private volatile boolean over;

        @Override
        public void onNext(NodeMessage message) {
            if (!isCurrent(this)) {
                return;
            }
            switch (message.getBodyCase()) {
                case WELCOME -> welcomed(message.getWelcome(), Clock.SYSTEM.nanos() - greetedNanos);
                case LEADING -> leading(message.getLeading());
                case COMMAND -> owner.command(message.getCommand(), reply -> answer(this, reply));
                case ANSWER -> requests.answered(message.getAnswer());
                case ENDED -> owner.ended(message.getEnded());
                case NAME_ANSWER -> owner.nameAnswer(NodeLink.this, message.getNameAnswer());
                case BODY_NOT_SET -> LOG.warn("{} sent a message of a kind this service does not know", target);
            }
        }

        private void leading(Leading leading) {
            directory.leads(NodeLink.this, leading.getShardsList(), leading.getGrant());
            leading.getShardsList().stream()
                    .filter(Leading.Shard::getClosing)
                    .forEach(shard -> owner.closing(NodeLink.this, shard));
            owner.leaderChanged();
        }

        /** The time first: whoever waits for the first node compares deadlines as soon as the cluster is known. */
        private void welcomed(Welcome welcome, long roundTripNanos) {
            owner.toldTime("node " + welcome.getNode(), welcome.getClockMillis(), roundTripNanos);
            requireOurCluster(welcome.getCluster());
        }

        /** A node of another cluster is not used. */
        private void requireOurCluster(ByteString cluster) {
            synchronized (NodeLink.this) {
                redialMillis = REDIALS.firstMillis();
                lastRefusal = "";
            }
            boolean isOurs = cluster.size() == Long.BYTES
                    && directory.belongsTo(
                            new ClusterId(cluster.asReadOnlyByteBuffer().getLong()));
            if (!isOurs) {
                LOG.error(
                        "{} belongs to another cluster than the nodes before it; it is not used. Check the targets.",
                        target);
                close();
            }
        }

        @Override
        public void onError(Throwable cause) {
            over = true;
            if (!isCurrent(this)) {
                return;
            }
            Status status = Status.fromThrowable(cause);
            switch (status.getCode()) {
                case INVALID_ARGUMENT -> refusedForGood(status);
                case FAILED_PRECONDITION, PERMISSION_DENIED, UNAUTHENTICATED, UNIMPLEMENTED -> refused(status);
                default -> {
                    LOG.debug("lost the link to {}: {}", target, cause.getMessage());
                    lost();
                }
            }
        }

        @Override
        public void onCompleted() {
            over = true;
            if (isCurrent(this)) {
                lost();
            }
        }
    }
}
