package dev.assent.saga.api;

import java.util.function.Function;

/**
 * How a saga's input is written in the store, and read again by another process.
 *
 * @param write at most {@code SagaHeader.INPUT_BYTES_MAX} bytes
 */
public record InputText<I>(Function<I, String> write, Function<String, I> read) {
    /** For inputs that are texts, as JSON of the application's own. */
    public static InputText<String> plain() {
        return new InputText<>(Function.identity(), Function.identity());
    }
}
