package dev.assent.admin;

import java.util.Optional;

/** A process of which nothing is known. */
class StillSource implements AdminSource {
    @Override
    public String kind() {
        return "node";
    }

    @Override
    public String name() {
        return "still";
    }

    @Override
    public Optional<String> obstacle() {
        return Optional.empty();
    }
}
