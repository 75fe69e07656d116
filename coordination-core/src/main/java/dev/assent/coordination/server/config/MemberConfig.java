package dev.assent.coordination.server.config;

import dev.assent.coordination.model.ServerId;
import java.util.Optional;

/**
 * One line {@code server.N=host:port1:port2[:role][;clientPort]}.
 *
 * @param peerPort port1: the one link per pair of members uses it
 * @param electionPort port2: accepted so that existing files work, and unused
 * @param client where the line says this member serves clients
 */
public record MemberConfig(
        ServerId id, String host, int peerPort, int electionPort, Voting voting, Optional<ClientAddress> client) {

    /** Whether a member counts in quorums. */
    public enum Voting {
        PARTICIPANT,
        OBSERVER
    }

    /** The part after the semicolon; {@code host} is empty when only a port was given. */
    public record ClientAddress(Optional<String> host, int port) {}

    public MemberConfig {
        if (host.isBlank()) {
            throw new IllegalArgumentException("the host of server." + id.value() + " is empty");
        }
        requirePort(peerPort);
        requirePort(electionPort);
    }

    /** A voting member whose clients' address is not told. */
    public static MemberConfig participant(int id, String host, int peerPort) {
        return new MemberConfig(new ServerId(id), host, peerPort, 0, Voting.PARTICIPANT, Optional.empty());
    }

    private static void requirePort(int port) {
        if (port < 0 || port > 65_535) {
            throw new IllegalArgumentException("port " + port + " is outside 0..65535");
        }
    }
}
