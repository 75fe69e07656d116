package dev.assent.command;

/** How a command ends, for scripts: the same numbers everywhere. */
public final class ExitCode {
    /** It did what it was asked to, and all is well; a server was stopped by SIGTERM or SIGINT. */
    public static final int OK = 0;

    /** It could not be done: something could not be reached, started or written. */
    public static final int CANNOT = 1;

    /** Wrong usage or settings; nothing was done. */
    public static final int USAGE = 2;

    /** A server that served has failed, and stopped at once. */
    public static final int FAILED = 3;

    /** It was done, and what was looked at is not as it should be; the lines before the last one say what. */
    public static final int FOUND = 4;

    private ExitCode() {}
}
