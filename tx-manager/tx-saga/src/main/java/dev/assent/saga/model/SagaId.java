package dev.assent.saga.model;

/**
 * Names one saga in its cluster, for ever. An application may choose it, for example after an order's number: a second
 * start under the same id starts nothing.
 *
 * @param text 1 to 64 letters, digits, dashes and underscores
 */
public record SagaId(String text) implements Comparable<SagaId> {
    public static final int CHARACTERS_MAX = 64;

    public SagaId {
        Names.require("a saga's id", text, CHARACTERS_MAX);
    }

    @Override
    public int compareTo(SagaId other) {
        return text.compareTo(other.text);
    }

    @Override
    public String toString() {
        return text;
    }
}
