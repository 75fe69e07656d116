package dev.assent.coordination.tree;

import dev.assent.coordination.model.Identity;
import dev.assent.coordination.model.Utf8;
import java.nio.charset.CharacterCodingException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.List;
import java.util.Optional;

/**
 * ZooKeeper's {@code digest} scheme: credentials {@code user:password} become the identity
 * {@code user:base64(sha1(user:password))}. SHA-1 is the clients' choice; use TLS around it.
 */
public final class DigestScheme {
    public static final String SCHEME = "digest";

    private final Optional<String> superDigest;

    /**
     * With at most one identity that may do everything.
     *
     * @param superDigest its id, not its password: {@code super:...}
     */
    public DigestScheme(Optional<String> superDigest) {
        this.superDigest = superDigest;
    }

    /** Who these credentials make their sender, and {@link Access#SUPER} too if so configured; none if not valid. */
    public List<Identity> authenticate(byte[] credentials) {
        String text;
        try {
            text = Utf8.decode(credentials, 0, credentials.length);
        } catch (CharacterCodingException notText) {
            return List.of();
        }
        int colon = text.indexOf(':');
        String user = colon < 0 ? text : text.substring(0, colon);
        String id = user + ":" + Base64.getEncoder().encodeToString(sha1(credentials));
        Identity identity = new Identity(SCHEME, id);
        return superDigest.filter(id::equals).isPresent() ? List.of(identity, Access.SUPER) : List.of(identity);
    }

    /** Whether an ACL may name {@code id}. */
    static boolean isValid(String id) {
        int colon = id.indexOf(':');
        return colon >= 0 && colon == id.lastIndexOf(':') && colon < id.length() - 1;
    }

    private static byte[] sha1(byte[] bytes) {
        try {
            return MessageDigest.getInstance("SHA-1").digest(bytes);
        } catch (NoSuchAlgorithmException missing) {
            throw new IllegalStateException("this JDK lacks SHA-1, which the digest scheme is made of", missing);
        }
    }
}
