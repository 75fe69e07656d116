package dev.assent.coordination.server.config;

import java.util.regex.Pattern;

/**
 * Who may do everything: ZooKeeper's {@code DigestAuthenticationProvider.superDigest}. Not the password, yet never
 * printed.
 *
 * @param id {@code user:base64(sha1(user:password))}
 */
public record SuperDigest(String id) {
    private static final Pattern FORM = Pattern.compile("[^:]+:[A-Za-z0-9+/]{27}=");

    public SuperDigest {
        if (!FORM.matcher(id).matches()) {
            throw new IllegalArgumentException(
                    "not of the form user:base64(sha1(user:password)), for example super:D/InIHSb7yEEbrWz8b9l71RjZJU=");
        }
    }

    @Override
    public String toString() {
        return id.substring(0, id.indexOf(':')) + ":...";
    }
}
