package dev.assent.tx.remote.host;

import dev.assent.security.CertifiedName;
import dev.assent.security.Role;
import dev.assent.tx.model.Decision;
import dev.assent.tx.model.GlobalTxId;
import dev.assent.tx.protocol.paxos.AcceptorReply;
import dev.assent.tx.protocol.paxos.AcceptorRequest;
import dev.assent.tx.protocol.paxos.Ballot;
import dev.assent.tx.protocol.paxos.Proposal;
import dev.assent.tx.protocol.paxos.ProposerId;
import dev.assent.tx.remote.acceptor.AcceptorChannels.By;
import dev.assent.tx.spi.AcceptorAddresses;
import dev.assent.tx.spi.Acceptors;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/**
 * What acceptors have chosen, read without proposing anything: for whoever has the list of them from somebody who may be
 * nobody in the transaction. Under a false list a proposal could undo what the true acceptors have chosen; a promise cannot.
 * Chosen is what a majority has accepted under one ballot, and not all of it one service. Thread-safe; nothing blocks.
 */
final class ChosenReading {
    /** Bids: each after the first is above whatever the acceptors have told that they promised. */
    static final int BIDS_MAX = 3;

    /** How one acceptor is asked. */
    interface Way {
        CompletionStage<By<AcceptorReply>> ask(AcceptorAddresses.Entry to, AcceptorRequest request);
    }

    private final GlobalTxId transaction;
    private final AcceptorAddresses acceptors;
    private final Way way;
    private final ProposerId reader = new ProposerId(UUID.randomUUID());

    ChosenReading(GlobalTxId transaction, AcceptorAddresses acceptors, Way way) {
        this.transaction = transaction;
        this.acceptors = acceptors;
        this.way = way;
    }

    /** What they have chosen, as far as that can be told. Never fails; completes when all have answered, or failed to. */
    CompletionStage<Acceptors.Answer> read() {
        return read(1, BIDS_MAX);
    }

    private CompletionStage<Acceptors.Answer> read(long round, int bidsLeft) {
        Ballot ballot = new Ballot(round, reader);
        List<CompletableFuture<Optional<By<AcceptorReply>>>> asked = new ArrayList<>();
        for (AcceptorAddresses.Entry entry : acceptors.entries()) {
            asked.add(way.ask(entry, new AcceptorRequest.Prepare(ballot))
                    .thenApply(Optional::of)
                    .exceptionally(silent -> Optional.empty())
                    .toCompletableFuture());
        }
        return CompletableFuture.allOf(asked.toArray(CompletableFuture<?>[]::new))
                .thenCompose(all -> {
                    Heard heard = new Heard();
                    asked.stream()
                            .map(CompletableFuture::join)
                            .flatMap(Optional::stream)
                            .forEach(heard::hear);
                    return heard.higher >= round && heard.higher < Long.MAX_VALUE && bidsLeft > 1
                            ? read(heard.higher + 1, bidsLeft - 1)
                            : CompletableFuture.completedStage(heard.conclusion());
                });
    }

    /** One service, however many processes it has, or nodes, which are trusted. Nobody is known in plain text. */
    private static Set<CertifiedName> voices(By<AcceptorReply> reply) {
        return reply.by().orElse(Set.of());
    }

    /** The answers to one bid. */
    private final class Heard implements AcceptorReply.Handler {
        private final Map<Proposal, List<Set<CertifiedName>>> accepted = new HashMap<>();
        private final List<Set<CertifiedName>> forgotten = new ArrayList<>();
        private Set<CertifiedName> by = Set.of();
        private long higher;

        void hear(By<AcceptorReply> reply) {
            by = voices(reply);
            reply.answer().accept(this);
        }

        @Override
        public void promise(AcceptorReply.Promise reply) {
            reply.accepted().ifPresent(proposal -> accepted.computeIfAbsent(proposal, first -> new ArrayList<>())
                    .add(by));
        }

        @Override
        public void accepted(AcceptorReply.Accepted reply) {
            // nobody asked for it
        }

        @Override
        public void refused(AcceptorReply.Refused reply) {
            higher = Math.max(higher, reply.promised().round());
        }

        @Override
        public void forgotten(AcceptorReply.Forgotten reply) {
            forgotten.add(by);
        }

        Acceptors.Answer conclusion() {
            Optional<Decision> chosen = accepted.entrySet().stream()
                    .filter(each -> isVouchedFor(each.getValue()))
                    .map(each -> each.getKey().value())
                    .findFirst();
            if (chosen.isPresent()) {
                return new Acceptors.Answer.Chosen(chosen.get());
            }
            return isVouchedFor(forgotten)
                    ? new Acceptors.Answer.Forgotten()
                    : new Acceptors.Answer.Undecided(
                            "no majority of the acceptors that services name of " + transaction
                                    + " says that anything was chosen; whoever voted in it, and recovery of its branches, decides");
        }

        private boolean isVouchedFor(List<Set<CertifiedName>> by) {
            Set<CertifiedName> voices = new HashSet<>();
            by.forEach(voices::addAll);
            boolean hasNode = voices.stream().anyMatch(name -> name.role() == Role.NODE);
            return acceptors.acceptors().isMajority(by.size()) && (hasNode || voices.size() > 1);
        }
    }
}
