package dev.assent.admin.login;

/** Why a request is not carried out, and what its sender can do about it. */
public enum Refusal {
    METHOD(405, "there is nothing to be done with this method here", "GET reads, POST acts; see docs/admin-api.yaml"),
    HOST(
            421,
            "this is not the host that was asked for",
            "use the address that the process told at its start, or name the host in admin.hosts"),
    FOREIGN_PAGE(403, "the request was made by a page of somebody else", "use this process' own page, or no browser"),
    NO_TOKEN(
            401,
            "a token is needed",
            "send it as 'Authorization: Bearer TOKEN', and in no other way; docs/security.md says who gives one"),
    WRONG_TOKEN(401, "there is no such token", "have a new one made with './assent admin token'"),
    TOO_MANY(429, "too many wrong tokens came from this address", "wait some seconds, and use the right one"),
    ROLE(403, "this token may only read", "use one whose role is operate"),
    CONTENT_TYPE(415, "an order is JSON", "send it with 'Content-Type: application/json'"),
    TOO_LARGE(413, "the order is longer than may be", "send fewer items at once");

    private final int status;
    private final String error;
    private final String remedy;

    Refusal(int status, String error, String remedy) {
        this.status = status;
        this.error = error;
        this.remedy = remedy;
    }

    public int status() {
        return status;
    }

    public String error() {
        return error;
    }

    public String remedy() {
        return remedy;
    }
}
