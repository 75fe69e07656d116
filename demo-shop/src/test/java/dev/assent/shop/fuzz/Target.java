package dev.assent.shop.fuzz;

import java.util.List;

/**
 * One decoder.
 *
 * @param samples good input, to be damaged
 * @param words what its language is made of: put anywhere in the samples
 * @param refusals what it may throw
 */
record Target(
        String name,
        List<byte[]> samples,
        List<byte[]> words,
        List<Class<? extends Exception>> refusals,
        Decoder decoder) {
    Target {
        samples = List.copyOf(samples);
        words = List.copyOf(words);
        refusals = List.copyOf(refusals);
    }

    /** Reads input that may be anything. */
    @FunctionalInterface
    interface Decoder {
        void decode(byte[] input) throws Exception;
    }

    boolean mayThrow(Throwable thrown) {
        return refusals.stream().anyMatch(refusal -> refusal.isInstance(thrown));
    }
}
