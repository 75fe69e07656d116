package dev.assent.admin.login;

import dev.assent.security.CredentialFiles;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Who gets at the admin API, and how.
 *
 * @param tokens the file of tokens; empty: everybody who reaches it may read
 * @param operatorToken where the process keeps a token of its own while {@code tokens} is empty; empty: then nobody acts
 * @param tls what it shows of itself; empty: it speaks plain text
 * @param hosts names, besides numbers, that requests may be sent to
 * @param insecure whether what is missing is borne beyond the loopback interface
 */
public record Access(
        Optional<Path> tokens,
        Optional<Path> operatorToken,
        Optional<CredentialFiles> tls,
        Set<String> hosts,
        boolean insecure) {
    /** For who is on this machine: reads without a token, acts in no way. */
    public static final Access LOCAL =
            new Access(Optional.empty(), Optional.empty(), Optional.empty(), Set.of(), false);

    public Access {
        hosts = hosts.stream().map(name -> name.toLowerCase(Locale.ROOT)).collect(Collectors.toUnmodifiableSet());
    }

    /** With a file of tokens. */
    public Access withTokens(Path file) {
        return new Access(Optional.of(file), operatorToken, tls, hosts, insecure);
    }

    /** With a token of the process' own. */
    public Access withOperatorToken(Path file) {
        return new Access(tokens, Optional.of(file), tls, hosts, insecure);
    }

    /** Over TLS. */
    public Access withTls(CredentialFiles files) {
        return new Access(tokens, operatorToken, Optional.of(files), hosts, insecure);
    }
}
