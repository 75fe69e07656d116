package dev.assent.security;

/** What the owner of a certificate may be. Being one is no part of being another. */
public enum Role {
    /** A member of the znode store's ensemble; its name is the server id. */
    MEMBER("member"),
    /** A coordinator node. */
    NODE("node"),
    /** A service that takes part in transactions. */
    AGENT("agent"),
    /** A client of the znode store and nothing else. */
    CLIENT("client");

    private final String word;

    Role(String word) {
        this.word = word;
    }

    /** As it stands in certificates. */
    public String word() {
        return word;
    }
}
