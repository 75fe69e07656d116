package dev.assent.tx.remote.host;

import dev.assent.tx.model.ResourceIdentity;
import dev.assent.tx.model.ResourceName;
import dev.assent.tx.remote.AgentId;
import dev.assent.tx.remote.host.LinkNames.NameState;
import dev.assent.tx.spi.ResourceCatalog;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Claims the names that agents bring for the resources they have under them, and compares them again from time to
 * time, as an operator may let a name go to another resource. Thread-safe.
 *
 * <p>The store is asked on one thread of its own, once for all agents that bring the same: neither links nor recovery
 * wait for it.
 */
final class NameClaims {
    private static final Logger LOG = LoggerFactory.getLogger(NameClaims.class);

    /** Between two comparisons of a name that is known. */
    private static final long COMPARED_MILLIS = 5_000;

    private static final long RETRY_MILLIS = 500;

    /** How long an enlistment waits until it is known whether the name stands for the agent's resource. */
    private static final Duration ENLISTMENT_PATIENCE = Duration.ofSeconds(2);

    /** Enlistments that wait; more are refused at once. */
    private static final int WAITING_MAX = 10_000;

    /** What an agent says that it has under a name. */
    private record Brought(String name, Optional<ResourceIdentity> identity) {}

    /**
     * Why a branch may not be made.
     *
     * @param mayPass whether that may change without anybody's doing
     */
    record Objection(String why, boolean mayPass) {}

    /** An enlistment that waits to be admitted. */
    private record Waiting(AgentId agent, String name, CompletableFuture<Optional<Objection>> answer) {}

    private final LedShards shards;
    private final Agents agents;
    private final ScheduledExecutorService thread;
    private final Consumer<String> agreed;
    private final List<Waiting> waiting = new ArrayList<>();
    private final AtomicBoolean asked = new AtomicBoolean();
    /** Names that could not be compared when it was tried last. Used on {@link #thread} only. */
    private final Set<String> unclear = new HashSet<>();

    /**
     * The claims of all agents of this node.
     *
     * @param thread one thread, which waits for the store
     * @param agreed told each name that was found to stand for an agent's resource
     */
    NameClaims(LedShards shards, Agents agents, ScheduledExecutorService thread, Consumer<String> agreed) {
        this.shards = shards;
        this.agents = agents;
        this.thread = thread;
        this.agreed = agreed;
    }

    void start() {
        ScheduledFuture<?> unused = thread.scheduleWithFixedDelay(
                () -> claim(true), COMPARED_MILLIS, COMPARED_MILLIS, TimeUnit.MILLISECONDS);
    }

    /** An agent has brought names: what is not known of them is found out soon. */
    void brought() {
        reconsider();
        claimSoon(0);
    }

    private void claimSoon(long pauseMillis) {
        if (!asked.compareAndSet(false, true)) {
            return;
        }
        try {
            ScheduledFuture<?> unused = thread.schedule(
                    () -> {
                        asked.set(false);
                        claim(false);
                    },
                    pauseMillis,
                    TimeUnit.MILLISECONDS);
        } catch (RejectedExecutionException closed) {
            LOG.debug("names are not compared any more", closed);
        }
    }

    private void claim(boolean alsoKnown) {
        try {
            claimAll(brought(alsoKnown));
        } catch (IOException away) {
            LOG.debug("names are compared later, as the store cannot be asked", away);
            delayed("the store cannot be asked: " + away.getMessage());
            claimSoon(RETRY_MILLIS);
        } catch (RuntimeException bug) {
            LOG.error("names could not be compared", bug);
        }
    }

    /** What one name comes to must not keep the others from being compared; a store that is away keeps all. */
    private void claimAll(Map<Brought, List<AgentLink>> brought) throws IOException {
        for (Map.Entry<Brought, List<AgentLink>> one : brought.entrySet()) {
            try {
                claim(one.getKey(), one.getValue());
                unclear.remove(one.getKey().name());
            } catch (ResourceCatalog.Unclear odd) {
                putOff(one.getKey(), one.getValue(), String.valueOf(odd.getMessage()));
            } catch (RuntimeException bug) {
                putOff(one.getKey(), one.getValue(), "comparing it failed: " + bug);
            }
        }
    }

    /** The name is tried again with all the others, at the next comparison. */
    private void putOff(Brought brought, List<AgentLink> links, String why) {
        if (unclear.add(brought.name())) {
            LOG.warn(
                    "the resource name '{}' cannot be compared, so what was not known under it takes no part: {}. It is"
                            + " tried again every {} s; mend its znode in the store",
                    brought.name(),
                    why,
                    TimeUnit.MILLISECONDS.toSeconds(COMPARED_MILLIS));
        }
        links.forEach(link -> link.names().delayed(brought.name(), brought.identity(), why));
    }

    private Map<Brought, List<AgentLink>> brought(boolean alsoKnown) {
        Map<Brought, List<AgentLink>> brought = new LinkedHashMap<>();
        for (AgentLink link : agents.all()) {
            link.names().all().forEach((name, state) -> {
                boolean isDue = alsoKnown || state instanceof NameState.Unclaimed;
                LinkNames.toldIn(state).filter(told -> isDue).ifPresent(told -> brought.computeIfAbsent(
                                new Brought(name, told.identity()), same -> new ArrayList<>())
                        .add(link));
            });
        }
        return brought;
    }

    private void claim(Brought brought, List<AgentLink> links) throws IOException {
        ResourceCatalog.Claim claim = shards.claim(new ResourceName(brought.name()), brought.identity());
        boolean isNews = false;
        for (AgentLink link : links) {
            if (link.names().settle(brought.name(), brought.identity(), claim)) {
                isNews = true;
                link.tellStanding(brought.name());
                if (claim instanceof ResourceCatalog.Claim.Refused refused) {
                    LOG.error("{} takes no part under '{}': {}", link, brought.name(), refused.why());
                }
            }
        }
        if (isNews && claim instanceof ResourceCatalog.Claim.Agreed) {
            agreed.accept(brought.name());
        }
        if (isNews) {
            reconsider();
        }
    }

    private void delayed(String why) {
        brought(false)
                .forEach((brought, links) ->
                        links.forEach(link -> link.names().delayed(brought.name(), brought.identity(), why)));
    }

    /**
     * Why that agent may make no branch under that name; empty when it may. Completes when it is known, or with an
     * objection after a moment in which it was not; no thread waits.
     */
    CompletionStage<Optional<Objection>> admission(AgentId agent, String name) {
        CompletableFuture<Optional<Objection>> answer = new CompletableFuture<>();
        Waiting arrived = new Waiting(agent, name, answer);
        synchronized (waiting) {
            Optional<Objection> now = objection(agent, name);
            boolean isSettled = now.isEmpty() || !now.get().mayPass();
            if (isSettled || waiting.size() >= WAITING_MAX) {
                return CompletableFuture.completedStage(now);
            }
            waiting.add(arrived);
        }
        return answer.completeOnTimeout(
                        Optional.of(new Objection("", true)), ENLISTMENT_PATIENCE.toMillis(), TimeUnit.MILLISECONDS)
                .thenApply(settled -> {
                    synchronized (waiting) {
                        waiting.remove(arrived);
                    }
                    return settled.isPresent() && settled.get().mayPass() ? objection(agent, name) : settled;
                });
    }

    private void reconsider() {
        List<Waiting> some;
        synchronized (waiting) {
            some = List.copyOf(waiting);
        }
        for (Waiting one : some) {
            Optional<Objection> now = objection(one.agent(), one.name());
            if (now.isEmpty() || !now.get().mayPass()) {
                one.answer().complete(now);
            }
        }
    }

    private Optional<Objection> objection(AgentId agent, String name) {
        Optional<AgentLink> link = agents.find(agent);
        if (link.isEmpty()) {
            return Optional.of(notYet(name, "the service's link to this node is lost"));
        }
        Optional<NameState> state = link.get().names().state(name);
        if (state.isEmpty()) {
            return Optional.of(notYet(name, link.get() + " has not told this node that it has it"));
        }
        return state.get() instanceof NameState.Refused refused
                ? Optional.of(new Objection(refused.why(), false))
                : whyNotYet(state.get()).map(why -> notYet(name, why));
    }

    private static Optional<String> whyNotYet(NameState state) {
        if (state instanceof NameState.Untold untold) {
            return Optional.of("the service does not know which one it is: " + untold.why());
        }
        return state instanceof NameState.Unclaimed unclaimed ? Optional.of(unclaimed.why()) : Optional.empty();
    }

    private static Objection notYet(String name, String why) {
        return new Objection(
                "resource '" + name + "' takes no part yet: it is not verified that its name stands for it, as " + why,
                true);
    }
}
