package dev.assent.trace;

import java.util.regex.Pattern;

/** The header that carries a span's name from process to process (W3C Trace Context, section 3.2). */
public final class Traceparent {
    /** In HTTP, in gRPC's metadata and in Kafka's headers alike. */
    public static final String NAME = "traceparent";

    /** Of version 00; what a later version has behind that is not read. */
    public static final int CHARACTERS = 55;

    private static final Pattern FORM =
            Pattern.compile("(?!ff)[0-9a-f]{2}-(?!0{32})[0-9a-f]{32}-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}");

    private Traceparent() {}

    /** Whether it names a span, in the form of version 00. */
    public static boolean isWellFormed(String value) {
        return value.length() == CHARACTERS && FORM.matcher(value).matches();
    }
}
