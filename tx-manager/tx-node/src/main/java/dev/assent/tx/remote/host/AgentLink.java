package dev.assent.tx.remote.host;

import dev.assent.time.Clock;
import dev.assent.tx.model.Authority;
import dev.assent.tx.model.EpochKey;
import dev.assent.tx.model.EpochRef;
import dev.assent.tx.remote.AgentId;
import dev.assent.tx.remote.Wire;
import dev.assent.tx.remote.wire.Answer;
import dev.assent.tx.remote.wire.Command;
import dev.assent.tx.remote.wire.CommandReply;
import dev.assent.tx.remote.wire.Ended;
import dev.assent.tx.remote.wire.Leading;
import dev.assent.tx.remote.wire.NameAnswer;
import dev.assent.tx.remote.wire.NamesClosed;
import dev.assent.tx.remote.wire.NodeMessage;
import dev.assent.tx.remote.wire.Welcome;
import dev.assent.tx.spi.AcceptorAddresses;
import io.grpc.stub.StreamObserver;
import java.io.IOException;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/** The node's end of one agent's link: commands out, replies in. Thread-safe. */
final class AgentLink {
    /** Commands under way at once on one link; more are refused as if the link were down. */
    private static final int COMMANDS_MAX = 10_000;

    /** An agent that owes an answer and has said nothing for so long is avoided if another can do its work. */
    private static final long SILENT_NANOS = TimeUnit.SECONDS.toNanos(2);

    /** What an agent has, once a shard is closing, to speak of what it named; later its unheard names are refused. */
    private static final long NAMES_NANOS_MAX = TimeUnit.SECONDS.toNanos(5);

    private static final long NAMES_CLOSED = Long.MIN_VALUE;

    /** A command that never left this node. */
    static final class NotSent extends IOException {
        private static final long serialVersionUID = 1L;

        private NotSent(String why) {
            super(why);
        }
    }

    private record Sent(CompletableFuture<CommandReply> reply, long atNanos) {}

    private final AgentId agent;
    private final String service;
    private final LinkNames names = new LinkNames();
    private final StreamObserver<NodeMessage> out;
    /** In the order in which they were sent. */
    private final Map<Long, Sent> pending = new LinkedHashMap<>();

    private final Set<EpochRef> toldOpen = new HashSet<>();
    /** Since when, or that it has answered. */
    private final Map<EpochRef, Long> toldClosing = new HashMap<>();

    private volatile Optional<AcceptorAddresses.Entry> acceptor = Optional.empty();
    private long grant;
    private long lastHeardNanos = Clock.SYSTEM.nanos();
    private long lastCommandId;
    private boolean closed;
    private boolean completed;

    AgentLink(AgentId agent, String service, StreamObserver<NodeMessage> out) {
        this.agent = agent;
        this.service = service;
        this.out = out;
    }

    AgentId agent() {
        return agent;
    }

    String service() {
        return service;
    }

    /** Where its acceptor is asked; empty if the service keeps none. */
    Optional<AcceptorAddresses.Entry> acceptor() {
        return acceptor;
    }

    /** As it says itself, with each Hello. */
    void acceptor(Optional<AcceptorAddresses.Entry> told) {
        acceptor = told;
    }

    /** The resource managers that the agent has, and which of them are what their names stand for. */
    LinkNames names() {
        return names;
    }

    /** Tells the agent what is known of a name that it brought, if anything is. */
    void tellStanding(String name) {
        names.state(name).flatMap(state -> answer(name, state)).ifPresent(this::answer);
    }

    private static Optional<NameAnswer> answer(String name, LinkNames.NameState state) {
        NameAnswer.Builder answer = NameAnswer.newBuilder().setName(name);
        if (state instanceof LinkNames.NameState.Agreed agreed) {
            return Optional.of(answer.setKind(NameAnswer.Kind.AGREED)
                    .setIdentity(Wire.identity(agreed.identity()))
                    .build());
        }
        return state instanceof LinkNames.NameState.Refused refused
                ? Optional.of(answer.setKind(NameAnswer.Kind.REFUSED)
                        .setIdentity(Wire.identity(refused.identity()))
                        .setRefusal(refused.why())
                        .build())
                : Optional.empty();
    }

    private synchronized void answer(NameAnswer answer) {
        tell(NodeMessage.newBuilder().setNameAnswer(answer));
    }

    /**
     * Sends a command; the future ends with its reply, with {@link NotSent}, or with another {@link IOException} when
     * the link is lost.
     */
    CompletableFuture<CommandReply> send(Command.Builder command) {
        CompletableFuture<CommandReply> reply = new CompletableFuture<>();
        synchronized (this) {
            if (closed || pending.size() >= COMMANDS_MAX) {
                return CompletableFuture.failedFuture(
                        new NotSent(closed ? "the link to " + this + " is lost" : this + " does not keep up"));
            }
            long id = ++lastCommandId;
            pending.put(id, new Sent(reply, Clock.SYSTEM.nanos()));
            CompletableFuture<CommandReply> unused = reply.whenComplete((answer, lost) -> forget(id));
            out.onNext(NodeMessage.newBuilder()
                    .setCommand(command.setCommandId(id))
                    .build());
        }
        return reply;
    }

    /** Whether it owes an answer, and has said nothing since it was due: frozen, perhaps, or behind a dead network. */
    synchronized boolean isSilent() {
        if (pending.isEmpty()) {
            return false;
        }
        long now = Clock.SYSTEM.nanos();
        long askedNanos = pending.values().iterator().next().atNanos();
        return now - askedNanos > SILENT_NANOS && now - lastHeardNanos > SILENT_NANOS;
    }

    private synchronized void forget(long id) {
        pending.remove(id);
    }

    void replied(CommandReply reply) {
        Sent waiting;
        synchronized (this) {
            lastHeardNanos = Clock.SYSTEM.nanos();
            waiting = pending.remove(reply.getCommandId());
        }
        if (waiting != null) {
            waiting.reply().complete(reply);
        }
    }

    synchronized void welcome(Welcome welcome) {
        tell(NodeMessage.newBuilder().setWelcome(welcome));
    }

    /** What the names begin with that the agent may make; told with what this node leads. */
    synchronized void granted(long value) {
        grant = value;
    }

    synchronized void leading(Leading leading) {
        toldOpen.clear();
        leading.getShardsList().stream()
                .filter(shard -> !shard.getClosing())
                .forEach(shard -> toldOpen.add(epoch(shard.getShard(), shard.getIncarnation(), shard.getEpoch())));
        leading.getShardsList().stream().filter(Leading.Shard::getClosing).forEach(shard -> {
            EpochRef epoch = epoch(shard.getShard(), shard.getIncarnation(), shard.getEpoch());
            toldClosing.putIfAbsent(epoch, Clock.SYSTEM.nanos());
        });
        toldClosing.keySet().removeIf(epoch -> isOver(epoch, leading));
        tell(NodeMessage.newBuilder().setLeading(leading.toBuilder().setGrant(grant)));
    }

    private static EpochRef epoch(int shard, long incarnation, int version) {
        return new EpochRef(new EpochKey(Authority.SHARD_2PC, shard, incarnation), version);
    }

    private static boolean isOver(EpochRef epoch, Leading leading) {
        return leading.getShardsList().stream()
                .noneMatch(shard -> epoch(shard.getShard(), shard.getIncarnation(), shard.getEpoch())
                                .equals(epoch)
                        && shard.getClosing());
    }

    /** The agent has spoken of all that it named under that epoch. */
    synchronized void namesClosed(NamesClosed closed) {
        toldClosing.computeIfPresent(
                epoch(closed.getShard(), closed.getIncarnation(), closed.getEpoch()), (epoch, since) -> NAMES_CLOSED);
    }

    /** Whether the agent may still speak of a transaction that it has named under that epoch; not for long. */
    synchronized boolean mayNameMore(EpochRef epoch) {
        if (closed) {
            return false;
        }
        Long since = toldClosing.get(epoch);
        return since == null
                ? toldOpen.contains(epoch) // it is told in a moment
                : since != NAMES_CLOSED && Clock.SYSTEM.nanos() - since < NAMES_NANOS_MAX;
    }

    synchronized void answer(Answer.Builder answer) {
        tell(NodeMessage.newBuilder().setAnswer(answer));
    }

    synchronized void ended(Ended ended) {
        tell(NodeMessage.newBuilder().setEnded(ended));
    }

    private void tell(NodeMessage.Builder message) {
        if (!closed) {
            out.onNext(message.build());
        }
    }

    /** The link is gone: every command under way ends without a known effect. */
    void close() {
        List<Sent> lost;
        synchronized (this) {
            closed = true;
            lost = List.copyOf(pending.values());
            pending.clear();
        }
        lost.forEach(
                waiting -> waiting.reply().completeExceptionally(new IOException("the link to " + this + " was lost")));
    }

    /** Ends the stream from the node's side, once and for good. */
    synchronized void complete() {
        closed = true;
        if (!completed) {
            completed = true;
            out.onCompleted();
        }
    }

    @Override
    public String toString() {
        return "agent " + agent + " of service '" + service + "'";
    }
}
