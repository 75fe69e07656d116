package dev.assent.tx.remote.host;

import com.google.protobuf.ByteString;
import dev.assent.time.Clock;
import dev.assent.tx.model.ResourceName;
import dev.assent.tx.remote.AgentId;
import dev.assent.tx.remote.Wire;
import dev.assent.tx.remote.acceptor.AcceptorWire;
import dev.assent.tx.remote.wire.AgentMessage;
import dev.assent.tx.remote.wire.Hello;
import dev.assent.tx.remote.wire.Leading;
import dev.assent.tx.remote.wire.NamedResource;
import dev.assent.tx.remote.wire.NodeMessage;
import dev.assent.tx.remote.wire.Welcome;
import io.grpc.Status;
import io.grpc.stub.StreamObserver;
import java.nio.ByteBuffer;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What an agent sends over one link. gRPC calls it from one thread at a time. */
final class AgentSession implements StreamObserver<AgentMessage> {
    private static final Logger LOG = LoggerFactory.getLogger(AgentSession.class);

    private final LedShards shards;
    private final Agents agents;
    private final NameClaims names;
    private final NameGrants grants;
    private final AgentRequests requests;
    private final Admission admission;
    private final HostLimits limits;
    private final String nodeName;
    private final Supplier<Leading> leading;
    private final StreamObserver<NodeMessage> out;
    private @Nullable AgentLink link;
    private boolean refused;

    AgentSession(
            LedShards shards,
            Agents agents,
            NameClaims names,
            NameGrants grants,
            AgentRequests requests,
            Admission admission,
            HostLimits limits,
            String nodeName,
            Supplier<Leading> leading,
            StreamObserver<NodeMessage> out) {
        this.shards = shards;
        this.agents = agents;
        this.names = names;
        this.grants = grants;
        this.requests = requests;
        this.admission = admission;
        this.limits = limits;
        this.nodeName = nodeName;
        this.leading = leading;
        this.out = out;
    }

    /** Who has opened the link, and who may be which agent. */
    record Admission(Callers.Caller caller, AgentOwners owners) {
        private Set<String> services() {
            return caller.services().orElse(Set.of());
        }

        Optional<String> objectionTo(AgentId agent, String service, Set<String> resources) {
            return owners.objectionTo(caller, agent, service, resources);
        }
    }

    @Override
    public void onNext(AgentMessage message) {
        if (refused) {
            return;
        }
        try {
            if (message.hasHello()) {
                hello(message.getHello());
            } else if (message.hasReply() && link != null) {
                link.replied(message.getReply());
            } else if (message.hasNamesClosed() && link != null) {
                link.namesClosed(message.getNamesClosed());
            } else if (message.hasRequest() && link != null) {
                requests.run(link, message.getRequest());
            } else {
                refuse("the first message of a link is Hello");
            }
        } catch (IllegalArgumentException malformed) {
            refuse(String.valueOf(malformed.getMessage()));
        }
    }

    private void hello(Hello hello) {
        if (hello.getResourcesCount() > limits.resourceManagersMax()) {
            throw new IllegalArgumentException("field resources: " + hello.getResourcesCount() + " names, at most "
                    + limits.resourceManagersMax());
        }
        Map<String, LinkNames.NameState> brought = new LinkedHashMap<>();
        hello.getResourcesList()
                .forEach(resource -> brought.put(new ResourceName(resource.getName()).text(), state(resource)));
        Optional<String> objection =
                admission.objectionTo(AgentId.from(hello.getAgentId()), hello.getService(), brought.keySet());
        if (objection.isPresent()) {
            leave();
            refused = true;
            out.onError(
                    Status.PERMISSION_DENIED.withDescription(objection.get()).asRuntimeException());
            return;
        }
        boolean isNew = link == null;
        AgentLink attached =
                link != null ? link : new AgentLink(AgentId.from(hello.getAgentId()), hello.getService(), out);
        attached.names().bring(brought);
        attached.acceptor(hello.hasAcceptor() ? Optional.of(AcceptorWire.at(hello.getAcceptor())) : Optional.empty());
        // First of all, so that an agent of another cluster believes nothing that others tell it from here on.
        attached.welcome(Welcome.newBuilder()
                .setCluster(clusterBytes())
                .setNode(nodeName)
                .setClockMillis(Clock.SYSTEM.epochMillis())
                .build());
        if (isNew) {
            attached.granted(
                    grants.attached(admission.services(), attached.agent()).value());
            link = attached;
            agents.attach(attached);
        }
        agents.tellLeading(attached, leading);
        brought.keySet().forEach(attached::tellStanding);
        names.brought();
    }

    /** Before it was compared. */
    private static LinkNames.NameState state(NamedResource resource) {
        return resource.hasIdentity()
                ? new LinkNames.NameState.Unclaimed(Wire.identity(resource.getIdentity()), "it was not compared yet")
                : new LinkNames.NameState.Untold(resource.getUnknownBecause());
    }

    private ByteString clusterBytes() {
        return ByteString.copyFrom(ByteBuffer.allocate(Long.BYTES)
                .putLong(shards.cluster().value())
                .array());
    }

    private void refuse(String why) {
        LOG.warn("refused an agent's message: {}", why);
        leave();
        refused = true;
        out.onError(Status.INVALID_ARGUMENT.withDescription(why).asRuntimeException());
    }

    @Override
    public void onError(Throwable lost) {
        leave();
    }

    @Override
    public void onCompleted() {
        AgentLink ended = link;
        leave();
        if (ended != null) {
            ended.complete(); // unless the node has done it: then the call is closed already
        } else if (!refused) {
            out.onCompleted();
        }
    }

    private void leave() {
        if (link != null) {
            agents.detach(link);
            link = null;
        }
    }
}
