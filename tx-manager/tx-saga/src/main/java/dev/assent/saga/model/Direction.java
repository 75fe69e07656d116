package dev.assent.saga.model;

/** Which of a step's two calls. */
public enum Direction {
    ACTION("action"),
    COMPENSATION("compensation");

    private final String word;

    Direction(String word) {
        this.word = word;
    }

    /** As in keys. */
    public String word() {
        return word;
    }
}
