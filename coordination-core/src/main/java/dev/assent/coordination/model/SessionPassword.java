package dev.assent.coordination.model;

import java.security.MessageDigest;

/** The secret by which a client claims its session on another server. Never printed. */
public final class SessionPassword {
    /** Bytes, as ZooKeeper's clients expect. */
    public static final int SIZE = 16;

    private final byte[] secret;

    /**
     * Copies the secret.
     *
     * @param secret {@link #SIZE} bytes from a cryptographic source of randomness
     */
    public SessionPassword(byte[] secret) {
        if (secret.length != SIZE) {
            throw new IllegalArgumentException("a session password has " + SIZE + " bytes, not " + secret.length);
        }
        this.secret = secret.clone();
    }

    public byte[] bytes() {
        return secret.clone();
    }

    /** Compares in constant time. */
    public boolean matches(byte[] claimed) {
        return MessageDigest.isEqual(secret, claimed);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof SessionPassword that && matches(that.secret);
    }

    /** Says nothing about the secret. */
    @Override
    public int hashCode() {
        return SIZE;
    }

    @Override
    public String toString() {
        return "password";
    }
}
