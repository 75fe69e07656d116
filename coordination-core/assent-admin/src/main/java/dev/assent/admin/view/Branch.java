package dev.assent.admin.view;

import java.util.Optional;

/** A branch of it. */
public record Branch(
        int branch,
        String resource,
        Optional<String> vote,
        Optional<String> end,
        Optional<String> hazard,
        int retries,
        Optional<String> cause) {}
