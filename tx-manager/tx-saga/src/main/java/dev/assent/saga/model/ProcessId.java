package dev.assent.saga.model;

/**
 * One run of one process that executes sagas; another run of the same program is another.
 *
 * @param text 1 to 64 letters, digits, dashes and underscores
 */
public record ProcessId(String text) implements Comparable<ProcessId> {
    public ProcessId {
        Names.require("a process' id", text, SagaId.CHARACTERS_MAX);
    }

    @Override
    public int compareTo(ProcessId other) {
        return text.compareTo(other.text);
    }

    @Override
    public String toString() {
        return text;
    }
}
