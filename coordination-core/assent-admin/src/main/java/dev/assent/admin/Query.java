package dev.assent.admin;

import java.net.URI;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** What is asked for: the rest of the path, and parameters. */
record Query(String rest, Map<String, String> parameters) {
    private static final int CHARS_MAX = 2_048;

    /**
     * Reads it.
     *
     * @param path of the page
     * @param allowed the parameters that it knows
     * @throws IllegalArgumentException there is another parameter, or it is longer than a name can be
     */
    static Query of(URI uri, String path, Set<String> allowed) {
        Map<String, String> parameters = new LinkedHashMap<>();
        String raw = uri.getRawQuery();
        if ((raw != null && raw.length() > CHARS_MAX) || uri.getRawPath().length() > CHARS_MAX) {
            throw new IllegalArgumentException("the request is longer than " + CHARS_MAX + " characters");
        }
        if (raw != null && !raw.isEmpty()) {
            for (String pair : raw.split("&", -1)) {
                int equals = pair.indexOf('=');
                String name = decoded(equals < 0 ? pair : pair.substring(0, equals));
                if (!allowed.contains(name)) {
                    throw new IllegalArgumentException("there is no parameter '" + name + "'; there are " + allowed);
                }
                parameters.put(name, equals < 0 ? "" : decoded(pair.substring(equals + 1)));
            }
        }
        return new Query(decoded(uri.getRawPath().substring(path.length())), parameters);
    }

    private static String decoded(String text) {
        return URLDecoder.decode(text, StandardCharsets.UTF_8);
    }

    Optional<String> parameter(String name) {
        return Optional.ofNullable(parameters.get(name)).filter(text -> !text.isEmpty());
    }

    /**
     * A number.
     *
     * @throws IllegalArgumentException it is none, or outside of the range
     */
    int number(String name, int standard, int max) {
        Optional<String> given = parameter(name);
        if (given.isEmpty()) {
            return standard;
        }
        if (!given.get().matches("[0-9]{1,6}")
                || Integer.parseInt(given.get()) < 1
                || Integer.parseInt(given.get()) > max) {
            throw new IllegalArgumentException(name + " is 1 to " + max + ", not " + given.get());
        }
        return Integer.parseInt(given.get());
    }
}
