package dev.assent.coordination.model;

import dev.assent.invariants.Invariants;
import org.jspecify.annotations.Nullable;

/**
 * An absolute path to a znode, valid by ZooKeeper's rules: it starts with a slash, has no empty, {@code .} or
 * {@code ..} name, no trailing slash (the root aside) and no control, surrogate or private-use character.
 *
 * @param value at most {@link #LENGTH_MAX} characters in at most {@link #DEPTH_MAX} names
 */
public record ZnodePath(String value) implements Comparable<ZnodePath> {
    /** Ours; ZooKeeper's only limit is the frame. */
    public static final int LENGTH_MAX = 65_536;

    /** Ours: a write costs a little for each name on its path. */
    public static final int DEPTH_MAX = 2_048;

    public static final ZnodePath ROOT = new ZnodePath("/");

    public ZnodePath {
        String problem = problemWith(value);
        if (problem != null) {
            throw new IllegalArgumentException(problem);
        }
    }

    /** Why {@code path} cannot name a znode, in words for its sender; null if it can. */
    public static @Nullable String problemWith(String path) {
        int length = path.length();
        if (length == 0) {
            return "a path must not be empty";
        }
        if (path.charAt(0) != '/') {
            return quoted(path) + " must start with a slash";
        }
        if (length == 1) {
            return null;
        }
        if (length > LENGTH_MAX) {
            return "a path of " + length + " characters is longer than " + LENGTH_MAX;
        }
        if (path.charAt(length - 1) == '/') {
            return quoted(path) + " must not end with a slash";
        }
        return problemWithNames(path, length);
    }

    private static @Nullable String problemWithNames(String path, int length) {
        int depth = 0;
        int nameStart = 1;
        for (int at = 1; at <= length; at++) {
            char c = at == length ? '/' : path.charAt(at);
            if (c == '/') {
                if (!isName(path, nameStart, at)) {
                    return quoted(path) + " has an empty or relative name at character " + nameStart;
                }
                nameStart = at + 1;
                depth++;
            } else if (!isAllowed(c)) {
                return String.format("%s has the forbidden character U+%04X at %d", quoted(path), (int) c, at);
            }
        }
        return depth > DEPTH_MAX ? "a path of " + depth + " names is deeper than " + DEPTH_MAX : null;
    }

    private static boolean isName(String path, int from, int to) {
        int length = to - from;
        if (length == 0 || path.charAt(from) != '.') {
            return length > 0;
        }
        return length > 2 || (length == 2 && path.charAt(from + 1) != '.');
    }

    private static boolean isAllowed(char c) {
        if (c < 0x7f) {
            return c > 0x1f;
        }
        return c > 0x9f && (c < 0xd800 || c > 0xf8ff) && c < 0xfff0;
    }

    private static String quoted(String path) {
        return "path \"" + (path.length() <= 100 ? path : path.substring(0, 100) + "...") + "\"";
    }

    public boolean isRoot() {
        return value.length() == 1;
    }

    /** The last name; empty for the root. */
    public String name() {
        return value.substring(value.lastIndexOf('/') + 1);
    }

    /** The path above; the root has none. */
    public ZnodePath parent() {
        Invariants.check(!isRoot(), "the root has no parent");
        int slash = value.lastIndexOf('/');
        return slash == 0 ? ROOT : new ZnodePath(value.substring(0, slash));
    }

    @Override
    public int compareTo(ZnodePath other) {
        return value.compareTo(other.value);
    }

    @Override
    public String toString() {
        return value;
    }
}
