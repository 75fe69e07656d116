package dev.assent.coordination.server.config;

import java.net.InetSocketAddress;
import java.util.Optional;
import java.util.Set;

/**
 * Where and how clients are served.
 *
 * @param address of clients in plain text, if there are any, else of those over TLS; port 0 takes any free port
 * @param plain whether clients are served in plain text
 * @param secure where they are served over TLS, if they are
 * @param fourLetterWords the words answered, of those there are; ZooKeeper's 4lw.commands.whitelist
 * @param superDigest who may do everything, if anybody
 */
public record ClientAccess(
        InetSocketAddress address,
        boolean plain,
        Optional<SecureAccess> secure,
        ClientLimits limits,
        SessionTimeouts timeouts,
        Set<String> fourLetterWords,
        Optional<SuperDigest> superDigest) {

    /** Each is cheap, changes nothing, and reveals no path and no data. */
    public static final Set<String> CHEAP_WORDS =
            Set.of("ruok", "srvr", "stat", "mntr", "isro", "envi", "conf", "wchs", "hash", "gtmk");

    /** All that are there. The others are costly, list paths and sessions, or reset what was counted. */
    public static final Set<String> ALL_WORDS = Set.of(
            "ruok", "srvr", "stat", "mntr", "isro", "envi", "conf", "wchs", "hash", "gtmk", "cons", "dump", "wchc",
            "wchp", "dirs", "srst", "crst", "stmk");

    public ClientAccess {
        fourLetterWords = Set.copyOf(fourLetterWords);
        if (address.isUnresolved()) {
            throw new IllegalArgumentException("clientPortAddress " + address.getHostString() + " does not resolve");
        }
        if (!plain && secure.isEmpty()) {
            throw new IllegalArgumentException("clients are served neither in plain text nor over TLS");
        }
    }

    ClientAccess withLimits(ClientLimits newLimits) {
        return new ClientAccess(address, plain, secure, newLimits, timeouts, fourLetterWords, superDigest);
    }

    ClientAccess withTimeouts(SessionTimeouts newTimeouts) {
        return new ClientAccess(address, plain, secure, limits, newTimeouts, fourLetterWords, superDigest);
    }

    ClientAccess withWords(Set<String> words) {
        return new ClientAccess(address, plain, secure, limits, timeouts, words, superDigest);
    }

    ClientAccess withSuperDigest(SuperDigest digest) {
        return new ClientAccess(address, plain, secure, limits, timeouts, fourLetterWords, Optional.of(digest));
    }

    ClientAccess withSecure(SecureAccess access) {
        return new ClientAccess(address, plain, Optional.of(access), limits, timeouts, fourLetterWords, superDigest);
    }
}
