package dev.assent.rm.atomikos;

import java.net.URLDecoder;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;

/** Where one log lives in the store. Documented in docs/atomikos.md. */
record LogPaths(String logName) {
    /** One child a log. */
    static final String PARENT = "/assent/atomikos";

    /** Holds the tm_unique_name that this log belongs to. */
    String root() {
        return PARENT + "/" + logName;
    }

    /** Its version is the epoch; its data names the owner. */
    String epoch() {
        return root() + "/epoch";
    }

    /** One child a decision to commit. */
    String commits() {
        return root() + "/commits";
    }

    /** One child a transaction that waits for a superior's decision. */
    String votes() {
        return root() + "/votes";
    }

    /** One child a resource that branches may be in: decisions stay until all of these have been asked. */
    String resources() {
        return root() + "/resources";
    }

    String commit(String id) {
        return commits() + "/" + encode(id);
    }

    String vote(String id) {
        return votes() + "/" + encode(id);
    }

    String resource(String name) {
        return resources() + "/" + encode(name);
    }

    /** What all logs share, outermost first. */
    List<String> parents() {
        return List.of("/assent", PARENT);
    }

    /** What belongs to this log, under its root. */
    List<String> directories() {
        return List.of(epoch(), commits(), votes(), resources());
    }

    static String encode(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8);
    }

    /** What a znode's name stands for; empty if this log does not write such names. */
    static Optional<String> decode(String node) {
        try {
            String text = URLDecoder.decode(node, StandardCharsets.UTF_8);
            return encode(text).equals(node) ? Optional.of(text) : Optional.empty();
        } catch (IllegalArgumentException malformed) {
            return Optional.empty();
        }
    }
}
