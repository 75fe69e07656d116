package dev.assent.shop.order;

import dev.assent.rm.jta.AssentTransactions;
import dev.assent.saga.model.SagaOutcome;
import dev.assent.shop.service.Problem;
import dev.assent.shop.service.Problems;
import dev.assent.tx.model.Outcome;
import java.sql.SQLException;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.http.HttpStatus;
import org.springframework.http.HttpStatusCode;
import org.springframework.http.ResponseEntity;
import org.springframework.stereotype.Component;
import org.springframework.web.client.RestClientResponseException;

/** What a caller hears of an order's transaction. An outcome is told only when it is known. */
@Component
class Told {
    private static final Logger LOG = LoggerFactory.getLogger(Told.class);
    private static final String LATER = "nothing of it remains: try again later";

    private final AssentTransactions transactions;

    private final OrderSagas sagas;

    private final OwnCoordinator coordinator;

    Told(AssentTransactions transactions, OrderSagas sagas, OwnCoordinator coordinator) {
        this.coordinator = coordinator;
        this.transactions = transactions;
        this.sagas = sagas;
    }

    /** Keeps the token of the transaction that some work began. */
    static final class Begun implements Consumer<String> {
        private String token = "";

        @Override
        public void accept(String begun) {
            token = begun;
        }
    }

    /** Work on an order, that tells when its transaction has begun. */
    @FunctionalInterface
    interface Work {
        CheckoutReply run(Begun begun) throws Exception;
    }

    /**
     * The answer to {@code work}: 201 committed, or 200 if it had been before; 409 refused and 503 failed: rolled back, with
     * the reason, and only a failed one may go well later; 202 unknown as yet, with the token to ask with.
     *
     * @param refused hears why there was a refusal
     */
    ResponseEntity<?> of(UUID order, Work work, Consumer<String> refused) {
        Begun begun = new Begun();
        try {
            CheckoutReply reply = work.run(begun);
            return ResponseEntity.status(reply.repeated() ? HttpStatus.OK : HttpStatus.CREATED)
                    .body(reply);
        } catch (Refused no) {
            refused.accept(no.reason());
            return rolledBack(HttpStatus.CONFLICT, order, no.reason(), no.remedy());
        } catch (Problem problem) {
            return rolledBack(problem.status(), order, problem.reason(), problem.remedy());
        } catch (Exception failed) { // of JDBC, of JTA, of another service: the outcome tells
            LOG.debug("order {} failed", order, failed);
            return ended(order, begun.token, inWords(failed));
        }
    }

    /** Of another service's answer the status is enough: its body is for programs. */
    private static String inWords(Exception failed) {
        if (failed instanceof RestClientResponseException answer) {
            HttpStatusCode status = answer.getStatusCode();
            return "a service answered " + status;
        }
        return String.valueOf(failed.getMessage());
    }

    /**
     * The same answers by how the transaction ended.
     *
     * @param failure what went wrong on the way, for a rollback of which the outcome tells no cause of its own
     */
    ResponseEntity<?> ended(UUID order, String token, String failure) {
        if (token.isEmpty()) {
            return rolledBack(HttpStatus.SERVICE_UNAVAILABLE, order, failure, LATER);
        }
        if (OrderSagas.isToken(token)) {
            return saga(order, token);
        }
        Outcome outcome = OwnCoordinator.isToken(token) ? own(token) : transactions.outcome(token);
        if (outcome instanceof Outcome.Committed) {
            return ResponseEntity.status(HttpStatus.CREATED).body(CheckoutReply.committed(order, OrderStatus.CREATED));
        }
        if (outcome instanceof Outcome.RolledBack rolledBack) {
            String cause = rolledBack.cause();
            return rolledBack(
                    HttpStatus.SERVICE_UNAVAILABLE,
                    order,
                    failure.isEmpty() || failure.contains(cause) ? cause : cause + ": " + failure,
                    LATER);
        }
        return ResponseEntity.status(HttpStatus.ACCEPTED).body(CheckoutReply.unknown(order, token));
    }

    private Outcome own(String token) {
        try {
            return coordinator.outcome(token);
        } catch (SQLException away) {
            throw new Problem(
                    HttpStatus.SERVICE_UNAVAILABLE,
                    String.valueOf(away.getMessage()),
                    "ask again later, with the token");
        }
    }

    private ResponseEntity<?> saga(UUID order, String token) {
        Optional<SagaOutcome> outcome = sagas.ended(token);
        if (outcome.isEmpty()) {
            return ResponseEntity.status(HttpStatus.ACCEPTED).body(CheckoutReply.unknown(order, token));
        }
        return switch (outcome.get()) {
            case COMPLETED ->
                ResponseEntity.status(HttpStatus.CREATED).body(CheckoutReply.committed(order, OrderStatus.CREATED));
            case COMPENSATED -> rolledBack(HttpStatus.SERVICE_UNAVAILABLE, order, sagas.cause(token), LATER);
        };
    }

    private static ResponseEntity<?> rolledBack(HttpStatus status, UUID order, String cause, String remedy) {
        return Problems.answer(status, cause, remedy, Map.of("order", order, "outcome", "rolledBack"));
    }
}
