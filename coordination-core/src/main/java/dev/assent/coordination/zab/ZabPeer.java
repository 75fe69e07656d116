package dev.assent.coordination.zab;

import dev.assent.coordination.election.Election;
import dev.assent.coordination.model.Epoch;
import dev.assent.coordination.model.ServerId;
import dev.assent.coordination.model.Zxid;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * One member of the ensemble: the owner of the present role and of all changes of role. One thread, or one at a time.
 *
 * <pre>
 * from        to          when
 * (start)     LOOKING     at the first tick
 * LOOKING     LEADING     a quorum votes for this server, unanimously among those linked or for finalizeWait
 * LOOKING     FOLLOWING   a quorum votes for another, or a leader that is as good or established says so (voter)
 * LOOKING     OBSERVING   an established leader says so (observer)
 * FOLLOWING,  LOOKING     the leader's link is lost, it leads no more, it is silent for syncLimit, nothing goes on
 * OBSERVING               for initLimit, it asks to start over, or something is missing in what it sends
 * LEADING     LOOKING     no quorum joins within initLimit or is heard within syncLimit, a follower has a longer
 *                         history, (not yet established) there is a better candidate or another leader, or the
 *                         own disk stalls for diskStallMillisMax while a quorum goes on without it
 * </pre>
 *
 * <p>Every other pair does not occur: who leads or follows always looks first.
 */
public final class ZabPeer {
    /** {@link #lastReason} until the first change of role. */
    public static final String STARTED = "started";

    private final Member member;
    private final Election election;
    private final Input.Handler inputs = new Inputs();
    private @Nullable RoleBehaviour role;
    private String lastReason = STARTED;
    private String lastLookingReason = STARTED;

    public ZabPeer(ZabConfig config, Recovered recovered) {
        this.member = new Member(config, recovered);
        this.election = new Election(config.self(), config.quorum());
    }

    /**
     * Reacts to one input. Time starts with the first {@link Input.Ticked}; before it only links are noted.
     *
     * @throws dev.assent.invariants.Invariants.Violation if the peer contradicts itself; it must not be used
     *     any more then, and the node must stop
     */
    public Turn step(Input input) {
        input.accept(inputs);
        changeRole();
        return member.takeTurn();
    }

    public ServerId self() {
        return member.self();
    }

    public Role role() {
        return role == null ? Role.LOOKING : role.role();
    }

    /** Why the role changed last, for the operator. */
    public String lastReason() {
        return lastReason;
    }

    /** Why it last began to look for a leader, which it may have found in the same step; {@link #STARTED} at first. */
    public String lastLookingReason() {
        return lastLookingReason;
    }

    /** The last epoch whose initial history this server has. */
    public Epoch currentEpoch() {
        return member.current();
    }

    public Zxid lastLogged() {
        return member.history().last();
    }

    public Zxid lastDurable() {
        return member.history().durable();
    }

    public Zxid lastCommitted() {
        return member.committed();
    }

    /** Whether this peer has anything to do once its disk has written more of what it was given. */
    public boolean awaitsDisk() {
        return role == null || role.awaitsDisk();
    }

    /** Whether this server leads and a quorum has its history; from then on it may propose. */
    public boolean isEstablishedLeader() {
        return role instanceof Leading leading && leading.isEstablished();
    }

    /** The last epoch that a quorum acknowledged this leader for; empty unless it is an established leader. */
    public Optional<Epoch> establishedEpoch() {
        return role instanceof Leading leading && leading.isEstablished()
                ? Optional.of(leading.establishedEpoch())
                : Optional.empty();
    }

    /** Who follows this leader now; nobody if it does not lead. */
    public List<LearnerStanding> learners() {
        return role instanceof Leading leading ? leading.standings() : List.of();
    }

    /** Checks what must hold between any two steps; costs as much as the history is long. */
    public void invariants() {
        member.invariants();
        if (role != null) {
            role.invariants();
        }
    }

    private void changeRole() {
        Transition transition = wish();
        while (transition != null) {
            enter(transition);
            transition = wish();
        }
    }

    private @Nullable Transition wish() {
        return role == null ? null : role.takeTransition();
    }

    private void enter(Transition transition) {
        lastReason = transition.reason();
        if (transition instanceof Transition.ToLooking) {
            lastLookingReason = transition.reason();
        }
        member.pin(Long.MAX_VALUE);
        RoleBehaviour next = behaviour(transition);
        role = next;
        next.enter();
    }

    private RoleBehaviour behaviour(Transition transition) {
        if (transition instanceof Transition.ToLeading toLeading) {
            return new Leading(member, toLeading);
        }
        if (transition instanceof Transition.ToFollowing toFollowing) {
            return member.config().selfVotes()
                    ? new Following(member, toFollowing)
                    : new Observing(member, toFollowing);
        }
        return new Looking(member, election);
    }

    /** Tells the member first, then the role. */
    private final class Inputs implements Input.Handler {
        @Override
        public void ticked(Input.Ticked input) {
            member.passTime(input.nowMillis());
            if (role == null) {
                enter(new Transition.ToLooking(STARTED));
            } else {
                role.ticked();
            }
        }

        @Override
        public void connected(Input.Connected input) {
            if (member.isLinked(input.peer())) {
                unlink(input.peer());
            }
            member.link(input.peer(), input.generation());
            if (role != null) {
                role.connected(input.peer());
            }
        }

        @Override
        public void disconnected(Input.Disconnected input) {
            if (member.isLinked(input.peer(), input.generation())) {
                unlink(input.peer());
            }
        }

        private void unlink(ServerId peer) {
            member.unlink(peer);
            if (role != null) {
                role.disconnected(peer);
                changeRole();
            }
        }

        @Override
        public void received(Input.Received input) {
            if (role != null && member.isLinked(input.from(), input.generation())) {
                role.received(input.from(), input.message());
            }
        }

        @Override
        public void proposed(Input.Proposed input) {
            if (role != null) {
                role.proposed(input.txn());
            }
        }

        @Override
        public void written(Input.Written input) {
            boolean logMoved = member.written(input.token());
            if (role != null) {
                role.written(logMoved);
            }
        }

        @Override
        public void snapshotRead(Input.SnapshotRead input) {
            if (role != null) {
                role.snapshotRead(input);
            }
        }

        @Override
        public void appSent(Input.AppSent input) {
            if (role != null) {
                role.appSent(input.to(), input.message());
            }
        }
    }
}
