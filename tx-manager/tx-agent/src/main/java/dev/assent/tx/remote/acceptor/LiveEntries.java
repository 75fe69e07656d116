package dev.assent.tx.remote.acceptor;

import dev.assent.tx.model.GlobalTxId;
import dev.assent.tx.protocol.paxos.PaxosRegister;
import dev.assent.tx.protocol.paxos.Registers;
import dev.assent.tx.spi.AcceptorAddresses;
import dev.assent.tx.spi.AcceptorLog;
import dev.assent.tx.spi.AcceptorLog.Entry;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What all entries of a log so far come to. One thread at a time. */
final class LiveEntries implements Entry.Handler<Boolean> {
    private final Registers registers = new Registers(Map.of(), 0);
    private final Map<GlobalTxId, AcceptorAddresses> kept = new LinkedHashMap<>();

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
    public Boolean released(Entry.Released entry) {
        return kept.remove(entry.transaction()) != null;
    }

    @Override
    public Boolean horizon(Entry.Horizon entry) {
        registers.folded(entry.epochMillis());
        return true;
    }

    AcceptorLog.Contents contents() {
        Map<GlobalTxId, PaxosRegister> all = new LinkedHashMap<>(registers.all());
        return new AcceptorLog.Contents(all, new LinkedHashMap<>(kept), registers.horizonEpochMillis());
    }

    /** The fewest entries that come to the same. */
    List<Entry> fewest() {
        List<Entry> entries = new ArrayList<>();
        entries.add(new Entry.Horizon(registers.horizonEpochMillis()));
        registers.all().forEach((transaction, register) -> entries.add(new Entry.Register(transaction, register)));
        kept.forEach((transaction, acceptors) -> entries.add(new Entry.Kept(transaction, acceptors)));
        return entries;
    }

    int size() {
        return registers.size() + kept.size();
    }
}
