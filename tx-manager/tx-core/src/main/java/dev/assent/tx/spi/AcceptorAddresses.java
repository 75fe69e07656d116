package dev.assent.tx.spi;

import dev.assent.tx.protocol.paxos.AcceptorId;
import dev.assent.tx.protocol.paxos.AcceptorSet;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
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

    /** Fewer are only taken where there are no more: one that is lost must not be a majority. */
    private static final int WANTED_MIN = 3;

    /**
     * The acceptors of a transaction: the process of every participant, so that they decide without anybody else when
     * they are a majority; and nodes, as few as make an odd number of at least three. One too many for an odd number
     * is left out.
     *
     * @param participants those of the participants' processes; one may come several times
     * @param nodes those of the coordinator nodes, the coordinator's own first
     */
    public static AcceptorAddresses among(List<Entry> participants, List<Entry> nodes) {
        Map<AcceptorId, Entry> members = new LinkedHashMap<>();
        participants.stream()
                .limit(AcceptorSet.MEMBERS_MAX)
                .forEach(entry -> members.putIfAbsent(entry.acceptor(), entry));
        for (Entry node : nodes) {
            if (members.size() < WANTED_MIN || members.size() % 2 == 0) {
                members.putIfAbsent(node.acceptor(), node);
            }
        }
        List<Entry> odd = new ArrayList<>(members.values());
        return new AcceptorAddresses(odd.size() % 2 == 0 ? odd.subList(0, odd.size() - 1) : odd);
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
