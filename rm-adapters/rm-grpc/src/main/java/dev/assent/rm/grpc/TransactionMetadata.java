package dev.assent.rm.grpc;

import dev.assent.rm.http.TransactionHeader;
import dev.assent.trace.Traceparent;
import io.grpc.Metadata;
import java.util.Locale;

/** The key under which the token travels, and in answers the word that says who joined. */
final class TransactionMetadata {
    static final Metadata.Key<String> KEY =
            Metadata.Key.of(TransactionHeader.NAME.toLowerCase(Locale.ROOT), Metadata.ASCII_STRING_MARSHALLER);

    static final Metadata.Key<String> TRACEPARENT = Metadata.Key.of(Traceparent.NAME, Metadata.ASCII_STRING_MARSHALLER);

    private TransactionMetadata() {}

    static void set(Metadata metadata, String value) {
        metadata.discardAll(KEY);
        metadata.put(KEY, value);
    }
}
