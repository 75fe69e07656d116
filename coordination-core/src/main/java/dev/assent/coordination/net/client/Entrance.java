package dev.assent.coordination.net.client;

import dev.assent.coordination.net.secure.TlsSide;
import java.net.InetSocketAddress;
import java.util.Optional;

/**
 * An address that clients are accepted on.
 *
 * @param setting that names its port, for messages
 * @param tls what every connection begins with, if it is to be secured; closed by whoever made it
 */
public record Entrance(InetSocketAddress address, String setting, Optional<TlsSide> tls) {
    /** In plain text. */
    public static Entrance plain(InetSocketAddress address) {
        return new Entrance(address, "clientPort", Optional.empty());
    }

    /** Secured. */
    public static Entrance secured(InetSocketAddress address, TlsSide tls) {
        return new Entrance(address, "secureClientPort", Optional.of(tls));
    }
}
