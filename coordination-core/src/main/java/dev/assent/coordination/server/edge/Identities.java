package dev.assent.coordination.server.edge;

import dev.assent.coordination.jute.ConnectionRequest;
import dev.assent.coordination.model.Identity;
import dev.assent.coordination.model.Utf8;
import dev.assent.coordination.server.config.SuperDigest;
import dev.assent.coordination.tree.Access;
import dev.assent.coordination.tree.CertificateScheme;
import dev.assent.coordination.tree.DigestScheme;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Who a client is: its address, and what it has proven since. Its own event loop changes it, any thread reads. */
final class Identities {
    /** A client that authenticates more often than this is refused. */
    static final int COUNT_MAX = 64;

    /** They go to the leader with each write, and into ACLs; a client that proves to be more is refused. */
    static final int BYTES_MAX = 16 << 10;

    private static final String ADDRESS_SCHEME = "ip";

    private final Optional<SuperDigest> superDigest;
    private final Optional<String> superSubject;
    private volatile List<Identity> all;

    /** Of a client at {@code address}; both others say who may do everything. */
    Identities(String address, Optional<SuperDigest> superDigest, Optional<String> superSubject) {
        this.superDigest = superDigest;
        this.superSubject = superSubject;
        this.all = List.of(new Identity(ADDRESS_SCHEME, address));
    }

    List<Identity> all() {
        return all;
    }

    /** Its connection has begun with a certificate of this subject, which counts from there on; an empty one is nobody. */
    void certified(String subject) {
        if (subject.isEmpty()) {
            return;
        }
        List<Identity> after = new ArrayList<>(all);
        after.add(new Identity(CertificateScheme.SCHEME, subject));
        if (superSubject.filter(subject::equals).isPresent()) {
            after.add(Access.SUPER);
        }
        all = List.copyOf(after);
    }

    /** Takes what the client proves; what is returned is why it proves nothing, or too much. */
    Optional<String> prove(ConnectionRequest.Auth auth) {
        List<Identity> before = all;
        List<Identity> proven = proven(auth);
        List<Identity> after = new ArrayList<>(before);
        proven.stream().filter(identity -> !before.contains(identity)).forEach(after::add);
        if (after.size() > COUNT_MAX || bytesOf(after) > BYTES_MAX) {
            return Optional.of(failed(auth) + ": more than " + COUNT_MAX + " identities or " + BYTES_MAX + " B");
        }
        if (proven.isEmpty()) {
            return Optional.of(failed(auth));
        }
        all = List.copyOf(after);
        return Optional.empty();
    }

    private static String failed(ConnectionRequest.Auth auth) {
        return "authentication under scheme '" + auth.scheme() + "' failed";
    }

    /** Address and certificate were recognised at the start, and are again if the client likes; none if it proves nothing. */
    private List<Identity> proven(ConnectionRequest.Auth auth) {
        return switch (auth.scheme()) {
            case DigestScheme.SCHEME ->
                new DigestScheme(superDigest.map(SuperDigest::id))
                        .authenticate(auth.credentials().array());
            case ADDRESS_SCHEME -> all.subList(0, 1);
            case CertificateScheme.SCHEME ->
                all.stream()
                        .filter(identity -> identity.scheme().equals(CertificateScheme.SCHEME))
                        .toList();
            default -> List.of();
        };
    }

    /** With a length before each text. */
    private static int bytesOf(List<Identity> identities) {
        int bytes = 1;
        for (Identity identity : identities) {
            bytes += 2 * Integer.BYTES + Utf8.encode(identity.scheme()).length + Utf8.encode(identity.id()).length;
        }
        return bytes;
    }
}
