package dev.assent.tx.shards;

import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Which of the other nodes seem dead to this one. A guess, by design: what follows from it is fenced in the store.
 *
 * <table>
 * <caption>Transitions of one peer</caption>
 * <tr><th>belief</th><th>heard</th><th>link closed</th><th>refused</th><th>silent for too long</th></tr>
 * <tr><td>NEW</td><td>ALIVE</td><td>NEW</td><td>NEW</td><td>SUSPECTED, after three times as long</td></tr>
 * <tr><td>ALIVE</td><td>ALIVE</td><td>BROKEN</td><td>BROKEN</td><td>SUSPECTED</td></tr>
 * <tr><td>BROKEN</td><td>ALIVE</td><td>SUSPECTED</td><td>SUSPECTED</td><td>SUSPECTED</td></tr>
 * <tr><td>SUSPECTED</td><td>ALIVE</td><td>SUSPECTED</td><td>SUSPECTED</td><td>SUSPECTED</td></tr>
 * </table>
 *
 * <p>Silence is the time in which this node could have heard something: of a longer pause between two ticks, in which it
 * was frozen itself or had no processor, no more than {@code tickMillisMax} counts. One thread at a time.
 *
 * <p>A node that is heard soon after it was suspected was late, not dead. Of one that is late again and again, as where
 * processors are scarce, longer silence is borne: twice the usual from the third time on, four times from the sixth; for
 * as long as it is late at all. Else nodes that are all late would take everything from each other for ever.
 */
public final class Suspicion implements PeerInput.Handler {
    /** A node that was never heard may still be on its way here. */
    private static final int NEW_FACTOR = 3;

    private enum Belief {
        NEW,
        ALIVE,
        BROKEN,
        SUSPECTED
    }

    /** So many times late in a row double what is borne, so many more double it again. */
    private static final int LATES_FOR_PATIENCE = 3;

    private static final int PATIENCE_DOUBLED_MAX = 2;

    /** After so long without being late a node counts as punctual; longer while its silence is borne for longer. */
    static final long PUNCTUAL_MILLIS = 10_000;

    static final long PUNCTUAL_AGAIN_MILLIS = 30_000;

    /**
     * One other node.
     *
     * @param lates how often in a row it was late
     * @param punctualMillis since it was last late
     */
    private record Peer(Belief belief, long silentMillis, int lates, long punctualMillis) {
        Peer believed(Belief next) {
            return new Peer(next, silentMillis, lates, punctualMillis);
        }

        int patience() {
            return 1 << Math.min(PATIENCE_DOUBLED_MAX, lates / LATES_FOR_PATIENCE);
        }

        Peer late() {
            return new Peer(Belief.ALIVE, 0, lates + 1, 0);
        }

        Peer heard() {
            return new Peer(Belief.ALIVE, 0, lates, punctualMillis);
        }

        Peer aged(Belief next, long countedMillis) {
            long punctual = punctualMillis + countedMillis;
            boolean forgiven = punctual >= (patience() > 1 ? PUNCTUAL_AGAIN_MILLIS : PUNCTUAL_MILLIS);
            return new Peer(next, silentMillis + countedMillis, forgiven ? 0 : lates, forgiven ? 0 : punctual);
        }
    }

    /**
     * When somebody is suspected.
     *
     * @param silentMillis so long nothing is heard of a node that was heard before
     * @param tickMillisMax no more of the time between two ticks counts
     */
    public record Limits(long silentMillis, long tickMillisMax) {
        public Limits {
            if (silentMillis < 1 || tickMillisMax < 1) {
                throw new IllegalArgumentException("the limits of suspicion are positive");
            }
        }
    }

    private final Limits limits;
    private final SortedMap<String, Peer> peers = new TreeMap<>();
    private boolean ticking;
    private long lastTickMillis;

    public Suspicion(Limits limits) {
        this.limits = limits;
    }

    /** Takes one input; whether {@link #suspected} is another than before. */
    public boolean step(PeerInput input) {
        SortedSet<String> before = suspected();
        input.accept(this);
        return !before.equals(suspected());
    }

    /** Who seems dead now. */
    public SortedSet<String> suspected() {
        SortedSet<String> suspected = new TreeSet<>();
        peers.forEach((name, peer) -> {
            if (peer.belief() == Belief.SUSPECTED) {
                suspected.add(name);
            }
        });
        return suspected;
    }

    @Override
    public void known(PeerInput.Known input) {
        peers.keySet().retainAll(input.peers());
        input.peers().forEach(peer -> peers.putIfAbsent(peer, new Peer(Belief.NEW, 0, 0, 0)));
    }

    @Override
    public void heard(PeerInput.Heard input) {
        peers.computeIfPresent(input.peer(), (name, peer) -> wasLate(peer) ? peer.late() : peer.heard());
    }

    /** It was suspected for its silence, and that was not much longer than what is borne. */
    private boolean wasLate(Peer peer) {
        long borne = peer.patience() * limits.silentMillis();
        return peer.belief() == Belief.SUSPECTED && peer.silentMillis() >= borne && peer.silentMillis() < 2 * borne;
    }

    @Override
    public void linkClosed(PeerInput.LinkClosed input) {
        broken(input.peer());
    }

    @Override
    public void refused(PeerInput.Refused input) {
        broken(input.peer());
    }

    private void broken(String broken) {
        peers.computeIfPresent(broken, (name, peer) -> switch (peer.belief()) {
            case NEW -> peer;
            case ALIVE -> peer.believed(Belief.BROKEN);
            case BROKEN, SUSPECTED -> peer.believed(Belief.SUSPECTED);
        });
    }

    @Override
    public void ticked(PeerInput.Ticked input) {
        long passed = ticking ? Math.max(0, input.nowMillis() - lastTickMillis) : 0;
        ticking = true;
        lastTickMillis = input.nowMillis();
        long counted = Math.min(passed, limits.tickMillisMax());
        peers.replaceAll((name, peer) -> aged(peer, counted));
    }

    private Peer aged(Peer peer, long countedMillis) {
        long most = (peer.belief() == Belief.NEW ? NEW_FACTOR : peer.patience()) * limits.silentMillis();
        boolean isTooLong = peer.silentMillis() + countedMillis >= most;
        return peer.aged(isTooLong ? Belief.SUSPECTED : peer.belief(), countedMillis);
    }
}
