package dev.assent.admin.login;

import java.util.Optional;

/**
 * Who asks.
 *
 * @param name of the token; empty where none is needed and none was shown
 */
public record Caller(Optional<String> name, AdminRole role) {
    /** Somebody on this machine, where tokens are not set up. */
    public static final Caller ANYBODY = new Caller(Optional.empty(), AdminRole.READ);
}
