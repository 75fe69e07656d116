package dev.assent.coordination.server;

import dev.assent.coordination.net.peer.PeerNetLimits;
import dev.assent.coordination.net.secure.TlsSide;
import dev.assent.coordination.server.config.SecureAccess;
import dev.assent.coordination.server.config.ServerConfig;
import dev.assent.security.CredentialFiles;
import dev.assent.security.PeerRule;
import dev.assent.security.Role;
import dev.assent.security.Security;
import dev.assent.settings.SettingsException;
import java.io.IOException;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/** What a server shows and whom it trusts, of clients and of other members; files that both have in common are read once. */
final class ServerTls implements AutoCloseable {
    /** Clients come back all at once when a server is gone; members are few. */
    private static final int CLIENT_THREADS = 2;

    private static final int LINK_THREADS = 1;

    private final Map<CredentialFiles, Security> open = new HashMap<>();
    private Optional<TlsSide> clients = Optional.empty();
    private Optional<TlsSide> links = Optional.empty();

    private ServerTls() {}

    /** Reads what {@code config} names. */
    static ServerTls of(ServerConfig config) throws IOException {
        ServerTls tls = new ServerTls();
        try {
            Optional<SecureAccess> secure = config.clients().secure();
            if (secure.isPresent()) {
                tls.clients = Optional.of(TlsSide.of(
                        tls.security(secure.get().credentials()),
                        PeerRule.anyone(),
                        callers(secure.get().certificates()),
                        "assent-client-handshakes",
                        CLIENT_THREADS,
                        config.clients().limits().handshake().toMillis()));
            }
            if (config.links().isPresent()) {
                tls.links = Optional.of(TlsSide.of(
                        tls.security(config.links().get()),
                        PeerRule.anyOf(Role.MEMBER),
                        TlsSide.Callers.SHOW_ONE,
                        "assent-member-handshakes",
                        LINK_THREADS,
                        PeerNetLimits.DEFAULT.handshakeMillisMax()));
            }
            return tls;
        } catch (SettingsException e) {
            tls.close();
            throw new IOException(String.valueOf(e.getMessage()), e);
        }
    }

    private Security security(CredentialFiles files) throws SettingsException {
        Security known = open.get(files);
        if (known == null) {
            known = Security.open(files);
            open.put(files, known);
        }
        return known;
    }

    private static TlsSide.Callers callers(SecureAccess.Certificates certificates) {
        return switch (certificates) {
            case NEEDED -> TlsSide.Callers.SHOW_ONE;
            case WANTED -> TlsSide.Callers.MAY_SHOW_ONE;
            case NOT_ASKED -> TlsSide.Callers.ARE_NOT_ASKED;
        };
    }

    Optional<TlsSide> clients() {
        return clients;
    }

    Optional<TlsSide> links() {
        return links;
    }

    /** Ends the looking at files; the sides are closed by who uses them. */
    @Override
    public void close() {
        open.values().forEach(Security::close);
    }
}
