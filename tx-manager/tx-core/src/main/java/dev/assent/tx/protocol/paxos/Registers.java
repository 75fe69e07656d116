package dev.assent.tx.protocol.paxos;

import dev.assent.tx.model.GlobalTxId;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * All registers of one acceptor. One thread at a time.
 *
 * <p>A forgotten register must be refused for ever, and cannot be kept for ever. So those long past their deadline are
 * folded into a horizon: whatever is unknown here and had no later deadline <em>may</em> have been forgotten, and is
 * refused. That makes no decision wrong, whatever the clock says that asks for the folding; one folded too early costs
 * this acceptor's help to a transaction that it never heard of.
 */
public final class Registers {
    private final Map<GlobalTxId, PaxosRegister> known = new LinkedHashMap<>();
    private long horizonEpochMillis;

    /** As they were made durable. */
    public Registers(Map<GlobalTxId, PaxosRegister> known, long horizonEpochMillis) {
        this.known.putAll(known);
        this.horizonEpochMillis = horizonEpochMillis;
    }

    public PaxosRegister of(GlobalTxId transaction) {
        PaxosRegister register = known.get(transaction);
        if (register != null) {
            return register;
        }
        return transaction.deadlineEpochMillis() <= horizonEpochMillis
                ? PaxosRegister.forgotten()
                : PaxosRegister.blank();
    }

    public boolean knows(GlobalTxId transaction) {
        return known.containsKey(transaction);
    }

    /** It is durable. */
    public void saved(GlobalTxId transaction, PaxosRegister register) {
        known.put(transaction, register);
    }

    /** Forgotten ones whose deadline was before {@code epochMillis}: to be dropped once a horizon at it is durable. */
    public List<GlobalTxId> foldable(long epochMillis) {
        return known.entrySet().stream()
                .filter(each -> each.getValue().isForgotten())
                .map(Map.Entry::getKey)
                .filter(transaction -> transaction.deadlineEpochMillis() <= epochMillis)
                .toList();
    }

    /** The horizon is durable. */
    public void folded(long horizon) {
        horizonEpochMillis = Math.max(horizonEpochMillis, horizon);
        foldable(horizonEpochMillis).forEach(known::remove);
    }

    public long horizonEpochMillis() {
        return horizonEpochMillis;
    }

    public int size() {
        return known.size();
    }

    public Map<GlobalTxId, PaxosRegister> all() {
        return Collections.unmodifiableMap(known);
    }
}
