package dev.assent.admin;

import dev.assent.admin.view.Failure;

/** What is answered. */
record Answer(int status, String type, String body) {
    static final String JSON = "application/json";
    static final String TEXT = "text/plain; charset=utf-8";
    private static final String LINES = "application/x-ndjson";
    private static final String PROMETHEUS = "text/plain; version=0.0.4; charset=utf-8";

    static Answer json(Object view) {
        return new Answer(200, JSON, Json.of(view) + "\n");
    }

    static Answer failure(int status, String error, String remedy) {
        return new Answer(status, JSON, Json.of(new Failure(error, remedy)) + "\n");
    }

    static Answer text(int status, String text) {
        return new Answer(status, TEXT, text + "\n");
    }

    static Answer lines(String lines) {
        return new Answer(200, LINES, lines);
    }

    static Answer metrics(String scraped) {
        return new Answer(200, PROMETHEUS, scraped);
    }
}
