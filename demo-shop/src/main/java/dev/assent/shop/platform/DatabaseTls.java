package dev.assent.shop.platform;

import dev.assent.security.TlsFiles;
import java.io.IOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;

/**
 * PostgreSQL over TLS, and over nothing else: for whoever shows a certificate of the same authority.
 *
 * @param server what the server shows
 * @param owner what the run itself shows, which makes the databases
 */
public record DatabaseTls(TlsFiles server, TlsFiles owner) {

    /** Has the cluster in {@code data} serve so, from its next start on. */
    void secure(Path data) throws IOException {
        Files.write(
                data.resolve("postgresql.conf"),
                List.of(
                        "ssl = on",
                        "ssl_min_protocol_version = 'TLSv1.3'",
                        "ssl_cert_file = " + quoted(server.certificate()),
                        "ssl_key_file = " + quoted(server.key()),
                        "ssl_ca_file = " + quoted(server.trust())),
                StandardOpenOption.APPEND);
        Files.write(
                data.resolve("pg_hba.conf"),
                List.of("hostssl all all 127.0.0.1/32 trust clientcert=verify-ca", "host all all all reject"));
    }

    private static String quoted(Path file) {
        return "'" + file.toAbsolutePath().toString().replace("'", "''") + "'";
    }

    /** What a JDBC URL that has a parameter already needs besides, for a client with these files. */
    public static String parameters(TlsFiles client) {
        return "&sslmode=verify-full&sslrootcert=" + encoded(client.trust()) + "&sslcert="
                + encoded(client.certificate()) + "&sslkey=" + encoded(client.key()) + "&pemKeyAlgorithm=EC";
    }

    private static String encoded(Path file) {
        return URLEncoder.encode(file.toAbsolutePath().toString(), StandardCharsets.UTF_8);
    }
}
