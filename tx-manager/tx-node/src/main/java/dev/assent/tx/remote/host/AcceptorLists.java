package dev.assent.tx.remote.host;

import dev.assent.security.CertifiedName;
import dev.assent.security.PeerRule;
import dev.assent.security.Role;
import dev.assent.time.Clock;
import dev.assent.tx.bulkhead.ThrottledLog;
import dev.assent.tx.model.GlobalTxId;
import dev.assent.tx.remote.Refused;
import dev.assent.tx.remote.acceptor.AcceptorChannels;
import dev.assent.tx.remote.acceptor.AcceptorChannels.By;
import dev.assent.tx.spi.AcceptorAddresses;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Who the acceptors of a transaction are, as services say that voted in it. None of them is believed by itself: each must
 * stand in its own list, answer with its own certificate, and be contradicted by nobody. Thread-safe; nothing blocks.
 */
final class AcceptorLists {
    private static final Logger LOG = LoggerFactory.getLogger(AcceptorLists.class);

    /**
     * A service that can be asked.
     *
     * @param service its name, which its certificate has
     * @param acceptor where its own is
     */
    record Witness(String service, AcceptorAddresses.Entry acceptor) {}

    /** What was found. */
    sealed interface Found {
        /** All who know say the same. */
        record Agreed(AcceptorAddresses acceptors) implements Found {
            @Override
            public <R> R accept(Handler<R> handler) {
                return handler.agreed(this);
            }
        }

        /** Nobody who was asked knows. */
        record Nobody() implements Found {
            @Override
            public <R> R accept(Handler<R> handler) {
                return handler.nobody(this);
            }
        }

        /** One of them is mistaken, or lies. */
        record Contradiction(String why) implements Found {
            @Override
            public <R> R accept(Handler<R> handler) {
                return handler.contradiction(this);
            }
        }

        <R> R accept(Handler<R> handler);

        /** One method a finding. */
        interface Handler<R> {
            R agreed(Agreed found);

            R nobody(Nobody found);

            R contradiction(Contradiction found);
        }
    }

    /** What one service has answered. */
    private record Told(Witness by, AcceptorAddresses acceptors) {}

    private final AcceptorChannels channels;
    private final Refused refused = new Refused(Clock.SYSTEM);
    private final ThrottledLog contradictions = new ThrottledLog();

    AcceptorLists(AcceptorChannels channels) {
        this.channels = channels;
    }

    /** Asks all of them, and waits for each until it has answered or failed to, as it does within a few seconds. Never fails. */
    CompletionStage<Found> find(GlobalTxId transaction, List<Witness> witnesses) {
        List<CompletableFuture<Optional<Told>>> asked = new ArrayList<>();
        for (Witness witness : witnesses) {
            asked.add(channels.find(witness.acceptor(), transaction)
                    .thenApply(answer -> credible(transaction, witness, answer))
                    .exceptionally(silent -> Optional.empty())
                    .toCompletableFuture());
        }
        return CompletableFuture.allOf(asked.toArray(CompletableFuture<?>[]::new))
                .thenApply(all -> compared(
                        transaction,
                        asked.stream()
                                .map(CompletableFuture::join)
                                .flatMap(Optional::stream)
                                .toList()));
    }

    private Optional<Told> credible(GlobalTxId transaction, Witness witness, By<Optional<AcceptorAddresses>> answer) {
        if (!isBy(witness.service(), answer.by())) {
            refused.because("who answers for service " + witness.service() + " at "
                    + witness.acceptor().address() + " has a certificate that names "
                    + answer.by().map(PeerRule::told).orElse("nobody"));
            return Optional.empty();
        }
        Optional<AcceptorAddresses> named = answer.answer();
        if (named.isPresent()
                && named.get().addressOf(witness.acceptor().acceptor()).isEmpty()) {
            refused.because("service " + witness.service() + " names acceptors of transaction " + transaction
                    + ", and is none of them: " + named.get().entries());
            return Optional.empty();
        }
        return named.map(acceptors -> new Told(witness, acceptors));
    }

    /** In plain text nobody is known. */
    private static boolean isBy(String service, Optional<Set<CertifiedName>> names) {
        return names.isEmpty()
                || names.get().stream()
                        .anyMatch(
                                name -> name.role() == Role.AGENT && name.name().equals(service));
    }

    private Found compared(GlobalTxId transaction, List<Told> told) {
        Map<AcceptorAddresses, List<String>> lists = new LinkedHashMap<>();
        told.forEach(each -> lists.computeIfAbsent(each.acceptors(), first -> new ArrayList<>())
                .add(each.by().service()));
        if (lists.size() > 1) {
            String why = lists.entrySet().stream()
                    .map(list -> String.join(", ", list.getValue()) + " says "
                            + list.getKey().entries())
                    .collect(Collectors.joining("; ", "services name different acceptors of it: ", ""));
            contradictions.say(more -> LOG.warn(
                    "transaction {} stays as it is: {}. One of them is mistaken or lies. Find out which took no part in"
                            + " it, and stop that one, or take the resource out of its agent.NAME.resources{}",
                    transaction,
                    why,
                    more));
            return new Found.Contradiction(why);
        }
        return lists.keySet().stream().findFirst().<Found>map(Found.Agreed::new).orElseGet(Found.Nobody::new);
    }
}
