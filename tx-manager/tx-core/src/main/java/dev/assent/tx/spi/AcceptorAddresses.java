package dev.assent.tx.spi;

import dev.assent.tx.protocol.paxos.AcceptorId;
import dev.assent.tx.protocol.paxos.AcceptorSet;
import java.util.List;
import java.util.Optional;

/** The acceptors of one transaction, and where each can be reached when its coordinator is not there to tell. */
public record AcceptorAddresses(List<Entry> entries) {

    /** One of them, as {@code host:port}. */
    public record Entry(AcceptorId acceptor, String address) {}

    public AcceptorAddresses {
        entries = List.copyOf(entries);
        AcceptorSet checked = new AcceptorSet(ids(entries)); // an odd number, none twice
        if (checked.size() != entries.size()) {
            throw new IllegalArgumentException("an address for each acceptor");
        }
    }

    private static List<AcceptorId> ids(List<Entry> entries) {
        return entries.stream().map(Entry::acceptor).toList();
    }

    public AcceptorSet acceptors() {
        return new AcceptorSet(ids(entries));
    }

    public Optional<String> addressOf(AcceptorId acceptor) {
        return entries.stream()
                .filter(entry -> entry.acceptor().equals(acceptor))
                .map(Entry::address)
                .findFirst();
    }
}
