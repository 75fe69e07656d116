package dev.assent.shop.service;

import dev.assent.saga.api.StepRefusedException;
import dev.assent.saga.jdbc.SagaGuard;
import dev.assent.saga.model.CallKey;
import java.sql.Connection;
import java.sql.SQLException;
import org.springframework.http.HttpStatus;
import org.springframework.http.ResponseEntity;

/**
 * A service's step of a saga: what is to be done and how it is undone, each in a local transaction in which the guard has
 * every key take effect once. Which of the two a call is stands in its key.
 */
public final class SagaSteps {
    private final LocalTransactions local;

    public SagaSteps(LocalTransactions local) {
        this.local = local;
    }

    /** What a refusal means to the caller. */
    public record Refusal(HttpStatus status, String remedy) {}

    /** The answer to the call with that key; throws a {@link Problem} if the action refuses. */
    public ResponseEntity<String> carriedOut(String header, Refusal refusal, SagaGuard.Work action, SagaGuard.Undo undo)
            throws SQLException {
        CallKey key = key(header);
        return ResponseEntity.ok(local.run(connection -> switch (key.direction()) {
            case ACTION -> done(connection, key, refusal, action);
            case COMPENSATION -> undone(connection, key, undo);
        }));
    }

    private static CallKey key(String header) {
        return CallKey.parse(header)
                .orElseThrow(() -> new Problem(
                        HttpStatus.BAD_REQUEST,
                        "the idempotency key is not of a saga's step",
                        "send <saga>/<step>/action or <saga>/<step>/compensation"));
    }

    private static String done(Connection connection, CallKey key, Refusal refusal, SagaGuard.Work action)
            throws SQLException {
        try {
            return SagaGuard.act(connection, key, action);
        } catch (StepRefusedException refused) {
            throw new Problem(refusal.status(), String.valueOf(refused.getMessage()), refusal.remedy());
        }
    }

    private static String undone(Connection connection, CallKey key, SagaGuard.Undo undo) throws SQLException {
        SagaGuard.compensate(connection, key, undo);
        return "";
    }
}
