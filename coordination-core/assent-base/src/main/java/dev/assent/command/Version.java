package dev.assent.command;

/** What {@code --version} says of every command. */
public final class Version {
    public static final String TEXT = "Assent 0.1.0";

    private Version() {}
}
