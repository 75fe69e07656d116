package dev.assent.security;

import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.util.Arrays;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * Who an authority says the owner of a certificate is: the URI {@code assent:member/1} among its subject alternative
 * names. A certificate may hold several, one for each part that a process plays.
 *
 * @param name 1 to 100 letters, digits, dots, underscores and dashes
 */
public record CertifiedName(Role role, String name) {
    private static final String SCHEME = "assent:";
    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9._-]{1,100}");
    /** The type of a URI among the alternative names, of RFC 5280, 4.2.1.6. */
    private static final int URI_TYPE = 6;

    public CertifiedName {
        if (!NAME.matcher(name).matches()) {
            throw new IllegalArgumentException("'" + name + "' cannot stand in a certificate: a name is 1 to 100"
                    + " letters, digits, dots, underscores and dashes");
        }
    }

    /** The URI of this name. */
    public String uri() {
        return SCHEME + this;
    }

    @Override
    public String toString() {
        return role.word() + "/" + name;
    }

    /** What {@code text} of the form {@code role/name} means. */
    public static Optional<CertifiedName> parse(String text) {
        int slash = text.indexOf('/');
        if (slash < 0 || !NAME.matcher(text.substring(slash + 1)).matches()) {
            return Optional.empty();
        }
        return Arrays.stream(Role.values())
                .filter(role -> role.word().equals(text.substring(0, slash)))
                .findFirst()
                .map(role -> new CertifiedName(role, text.substring(slash + 1)));
    }

    /**
     * Every name in {@code certificate}; empty if there is none. One of our URIs that cannot be understood makes the whole
     * certificate worthless, as nobody knows what its authority meant.
     */
    public static Set<CertifiedName> of(X509Certificate certificate) throws CertificateException {
        Collection<List<?>> alternatives = certificate.getSubjectAlternativeNames();
        Set<CertifiedName> names = new LinkedHashSet<>();
        if (alternatives == null) {
            return names;
        }
        for (List<?> alternative : alternatives) {
            if (Integer.valueOf(URI_TYPE).equals(alternative.get(0))
                    && alternative.get(1) instanceof String uri
                    && uri.startsWith(SCHEME)) {
                names.add(parse(uri.substring(SCHEME.length()))
                        .orElseThrow(() -> new CertificateException(
                                "its certificate holds a name that is none here: " + printable(uri))));
            }
        }
        return names;
    }

    /** For messages about what somebody else has written: not too much of it, and no line breaks. */
    static String printable(String text) {
        return text.substring(0, Math.min(text.length(), 200)).replaceAll("[^ -~]", "?");
    }
}
