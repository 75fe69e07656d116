package dev.assent.shop.service;

import dev.assent.saga.model.CallKey;
import org.springframework.http.HttpStatus;

/** The key that a saga's call comes with. */
public final class SagaKey {
    private SagaKey() {}

    /**
     * Reads it.
     *
     * @throws Problem it is none
     */
    public static CallKey of(String header) {
        return CallKey.parse(header)
                .orElseThrow(() -> new Problem(
                        HttpStatus.BAD_REQUEST,
                        "the idempotency key is not of a saga's step",
                        "send <saga>/<step>/action or <saga>/<step>/compensation"));
    }
}
