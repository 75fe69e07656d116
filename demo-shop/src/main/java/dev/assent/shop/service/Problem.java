package dev.assent.shop.service;

import org.springframework.http.HttpStatus;

/** A request that comes to nothing: told to the caller as problem JSON (RFC 9457), with its cause and what to do. */
public final class Problem extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final HttpStatus status;
    private final String remedy;

    public Problem(HttpStatus status, String cause, String remedy) {
        super(cause);
        this.status = status;
        this.remedy = remedy;
    }

    public HttpStatus status() {
        return status;
    }

    public String reason() {
        return String.valueOf(getMessage());
    }

    public String remedy() {
        return remedy;
    }
}
