package dev.assent.tx.remote.acceptor;

import dev.assent.tx.model.GlobalTxId;
import dev.assent.tx.model.ResourceName;
import dev.assent.tx.protocol.paxos.PaxosRegister;
import dev.assent.tx.protocol.paxos.Registers;
import dev.assent.tx.spi.AcceptorAddresses;
import dev.assent.tx.spi.AcceptorLog;
import dev.assent.tx.spi.AcceptorLog.Entry;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** What all entries of a log so far come to. One thread at a time. */
final class LiveEntries implements Entry.Handler<Boolean> {
    private final Registers registers = new Registers(Map.of(), 0);
    private final Map<GlobalTxId, AcceptorAddresses> kept = new LinkedHashMap<>();
    private final Map<GlobalTxId, Set<ResourceName.Hash>> votedIn = new LinkedHashMap<>();

    void add(Entry entry) {
        boolean unused = entry.accept(this);
    }

    @Override
    public Boolean register(Entry.Register entry) {
        registers.saved(entry.transaction(), entry.register());
        return true;
    }

    @Override
    public Boolean kept(Entry.Kept entry) {
        kept.put(entry.transaction(), entry.acceptors());
        return true;
    }

    @Override
    public Boolean voting(Entry.Voting entry) {
        return votedIn.computeIfAbsent(entry.transaction(), first -> new LinkedHashSet<>())
                .add(entry.resource());
    }

    @Override
    public Boolean released(Entry.Released entry) {
        votedIn.remove(entry.transaction());
        return kept.remove(entry.transaction()) != null;
    }

    @Override
    public Boolean horizon(Entry.Horizon entry) {
        registers.folded(entry.epochMillis());
        return true;
    }

    AcceptorLog.Contents contents() {
        Map<GlobalTxId, PaxosRegister> all = new LinkedHashMap<>(registers.all());
        Map<GlobalTxId, Set<ResourceName.Hash>> resources = new LinkedHashMap<>();
        kept.keySet()
                .forEach(transaction ->
                        resources.put(transaction, Set.copyOf(votedIn.getOrDefault(transaction, Set.of()))));
        return new AcceptorLog.Contents(all, new LinkedHashMap<>(kept), resources, registers.horizonEpochMillis());
    }

    /** The fewest entries that come to the same. */
    List<Entry> fewest() {
        List<Entry> entries = new ArrayList<>();
        entries.add(new Entry.Horizon(registers.horizonEpochMillis()));
        registers.all().forEach((transaction, register) -> entries.add(new Entry.Register(transaction, register)));
        // Where a vote was about to be cast, and whom to ask was never kept, nobody will ask.
        kept.keySet().forEach(transaction -> votedIn.getOrDefault(transaction, Set.of())
                .forEach(name -> entries.add(new Entry.Voting(transaction, name))));
        kept.forEach((transaction, acceptors) -> entries.add(new Entry.Kept(transaction, acceptors)));
        return entries;
    }

    int size() {
        return registers.size() + kept.size();
    }
}
