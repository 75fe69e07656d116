package dev.assent.coordination.zab;

import dev.assent.coordination.model.Epoch;
import dev.assent.coordination.model.Payload;
import dev.assent.coordination.model.ServerId;
import dev.assent.coordination.model.Zxid;
import dev.assent.invariants.Invariants;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What a member knows and can do whatever its role: its links, epochs, history and writes. The roles act through it,
 * so that each of these has one place that changes it.
 */
final class Member {
    private static final int SERVER_ID_COUNT = 256;
    private static final long NO_LINK = -1;

    private final ZabConfig config;
    private final Effects effects = new Effects();
    private final long[] linkGenerations = new long[SERVER_ID_COUNT];
    private final History history;
    private Epoch accepted;
    private Epoch current;
    private Zxid committed;
    private long nowMillis;
    private long lastToken;
    private long writtenToken;
    /** When the disk last made something durable; before that, when it was first given something. */
    private long diskMovedAtMillis;

    private long epochsToken;
    private long historyToken;
    private @Nullable Installation installation;
    private long lastSession;
    private long pinnedIndex = Long.MAX_VALUE;

    /** A snapshot whose last piece is with the disk: from then on it will replace the history, come what may. */
    private record Installation(long token, Zxid at) {}

    Member(ZabConfig config, Recovered recovered) {
        this.config = config;
        Arrays.fill(linkGenerations, NO_LINK);
        accepted = recovered.accepted();
        current = recovered.current();
        committed = recovered.snapshot();
        history = new History(recovered.snapshot());
        for (Proposal proposal : recovered.log()) {
            history.append(0, proposal.zxid(), proposal.txn());
        }
        history.written(0);
    }

    ZabConfig config() {
        return config;
    }

    ServerId self() {
        return config.self();
    }

    History history() {
        return history;
    }

    long nowMillis() {
        return nowMillis;
    }

    void passTime(long newNowMillis) {
        nowMillis = Math.max(nowMillis, newNowMillis);
    }

    /** Ends a step: what every learner was sent by now need not be held any longer. */
    Turn takeTurn() {
        history.prune(config.limits(), pinnedIndex);
        return effects.take();
    }

    // Links

    boolean isLinked(ServerId peer) {
        return linkGenerations[peer.value()] != NO_LINK;
    }

    boolean isLinked(ServerId peer, long generation) {
        return linkGenerations[peer.value()] == generation && generation != NO_LINK;
    }

    void link(ServerId peer, long generation) {
        linkGenerations[peer.value()] = generation;
    }

    void unlink(ServerId peer) {
        linkGenerations[peer.value()] = NO_LINK;
    }

    void send(ServerId to, PeerMessage message) {
        long generation = linkGenerations[to.value()];
        if (generation != NO_LINK) {
            effects.send(new Send(to, generation, message));
        }
    }

    void sendToAll(PeerMessage message) {
        for (int id = 0; id < SERVER_ID_COUNT; id++) {
            if (linkGenerations[id] != NO_LINK) {
                effects.send(new Send(new ServerId(id), linkGenerations[id], message));
            }
        }
    }

    /** A number for an attempt to follow, never used before by this process. */
    long newSession() {
        return ++lastSession;
    }

    // Epochs

    Epoch accepted() {
        return accepted;
    }

    Epoch current() {
        return current;
    }

    void saveEpochs(Epoch newAccepted, Epoch newCurrent) {
        if (accepted.isAfter(newAccepted) || current.isAfter(newCurrent) || newCurrent.isAfter(newAccepted)) {
            Invariants.check(false, "epochs %s/%s do not follow %s/%s", newAccepted, newCurrent, accepted, current);
        }
        accepted = newAccepted;
        current = newCurrent;
        epochsToken = nextToken();
        effects.write(new Write.SaveEpochs(epochsToken, accepted, current));
    }

    boolean areEpochsDurable() {
        return writtenToken >= epochsToken;
    }

    // The disk

    private long nextToken() {
        if (writtenToken == lastToken) {
            diskMovedAtMillis = nowMillis;
        }
        return ++lastToken;
    }

    /** How long the disk has made nothing durable while something waits for it; 0 if nothing waits. */
    long diskSilentMillis() {
        return writtenToken == lastToken ? 0 : nowMillis - diskMovedAtMillis;
    }

    boolean isDiskStalled() {
        return diskSilentMillis() > config.timing().diskStallMillisMax();
    }

    // History

    void append(Zxid zxid, Payload txn) {
        long token = nextToken();
        history.append(token, zxid, txn);
        historyToken = token;
        effects.write(new Write.Append(token, zxid, txn));
    }

    void truncateAfter(Zxid lastKept) {
        Invariants.check(!committed.isAfter(lastKept), "%s is committed: cannot truncate to %s", committed, lastKept);
        if (history.last().equals(lastKept)) {
            return;
        }
        history.truncateAfter(lastKept);
        historyToken = nextToken();
        effects.write(new Write.Truncate(historyToken, lastKept));
    }

    /** Whether all of the history, truncations and snapshots included, survives a power cut. */
    boolean isHistoryDurable() {
        return writtenToken >= historyToken && installation == null;
    }

    /** Takes note of durability. Returns whether {@link History#durable} moved. */
    boolean written(long token) {
        Invariants.check(token <= lastToken, "a token that was never given is reported as written");
        if (token > writtenToken) {
            writtenToken = token;
            diskMovedAtMillis = nowMillis;
        }
        Installation installing = installation;
        if (installing != null && writtenToken >= installing.token()) {
            installation = null;
            install(installing.at());
        }
        return history.written(writtenToken);
    }

    boolean isDurable(long token) {
        return writtenToken >= token;
    }

    // Snapshots

    /** Returns the token of the write. */
    long writeSnapshotPiece(PeerMessage.SnapshotPiece piece) {
        Invariants.check(installation == null, "a snapshot is being installed already");
        long token = nextToken();
        effects.write(new Write.SnapshotChunk(token, piece.at(), piece.index(), piece.bytes(), piece.last()));
        if (piece.last()) {
            historyToken = token;
            installation = new Installation(token, piece.at());
        }
        return token;
    }

    boolean isInstalling() {
        return installation != null;
    }

    private void install(Zxid at) {
        Invariants.check(!history.delivered().isAfter(at), "snapshot %s is older than what was delivered", at);
        history.resetTo(at);
        committed = at;
        effects.deliver(new Delivery.SnapshotInstalled(at));
    }

    // Commits

    Zxid committed() {
        return committed;
    }

    /** Everything up to {@code zxid} is committed: delivers what was not. Does nothing if that is known. */
    void commitTo(Zxid zxid) {
        if (!zxid.isAfter(committed)) {
            return;
        }
        if (zxid.isAfter(history.last())) {
            Invariants.check(false, "%s is committed but the log ends at %s", zxid, history.last());
        }
        committed = zxid;
        while (history.deliveredEnd() < history.end()
                && !history.zxidAt(history.deliveredEnd()).isAfter(zxid)) {
            long index = history.deliverNext();
            effects.deliver(new Delivery.Committed(history.zxidAt(index), history.txnAt(index)));
        }
    }

    /** Keeps the history from {@code index} on; {@link Long#MAX_VALUE} for no need. */
    void pin(long index) {
        pinnedIndex = index;
    }

    void deliver(Delivery delivery) {
        effects.deliver(delivery);
    }

    void announce(Role role, Optional<ServerId> leader, boolean serving) {
        effects.deliver(new Delivery.RoleChanged(role, current, leader, serving));
    }

    void invariants() {
        history.invariants();
        Invariants.check(!current.isAfter(accepted), "current epoch %s is after accepted %s", current, accepted);
        Invariants.check(!history.delivered().isAfter(committed), "delivered more than is committed");
        Invariants.check(!committed.isAfter(history.last()), "committed more than is logged");
        Invariants.check(writtenToken <= lastToken, "written more than was given");
    }

    /** For diagnosis. */
    @Override
    public String toString() {
        return self() + " " + accepted + "/" + current + " logged " + history.last() + " durable " + history.durable()
                + " committed " + committed + " " + List.of(history.base(), history.delivered());
    }
}
