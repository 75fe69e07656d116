package dev.assent.rm.operator;

/** How a command ends, for scripts. */
final class ExitCode {
    static final int NOTHING_FOUND = 0;
    static final int DONE = 0;
    static final int FOUND = 1;
    static final int USAGE = 2;
    static final int CANNOT = 3;

    private ExitCode() {}
}
