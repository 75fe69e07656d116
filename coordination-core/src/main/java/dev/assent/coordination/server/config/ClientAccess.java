package dev.assent.coordination.server.config;

import java.net.InetSocketAddress;
import java.util.Optional;
import java.util.Set;

/**
 * Where and how clients are served.
 *
 * @param address port 0 takes any free port
 * @param fourLetterWords the words answered, of those there are; ZooKeeper's 4lw.commands.whitelist
 * @param superDigest who may do everything, if anybody
 */
public record ClientAccess(
        InetSocketAddress address,
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
    }

    ClientAccess withLimits(ClientLimits newLimits) {
        return new ClientAccess(address, newLimits, timeouts, fourLetterWords, superDigest);
    }

    ClientAccess withTimeouts(SessionTimeouts newTimeouts) {
        return new ClientAccess(address, limits, newTimeouts, fourLetterWords, superDigest);
    }

    ClientAccess withWords(Set<String> words) {
        return new ClientAccess(address, limits, timeouts, words, superDigest);
    }

    ClientAccess withSuperDigest(SuperDigest digest) {
        return new ClientAccess(address, limits, timeouts, fourLetterWords, Optional.of(digest));
    }
}
