package dev.assent.coordination.model;

/**
 * Who somebody is under an authentication scheme: {@code world:anyone}, {@code digest:user:hash}, {@code ip:...}.
 */
public record Identity(String scheme, String id) {
    public static final Identity ANYONE = new Identity("world", "anyone");

    @Override
    public String toString() {
        return scheme.equals("digest") ? scheme + ":" + userOf(id) + ":..." : scheme + ":" + id;
    }

    private static String userOf(String digestId) {
        int colon = digestId.indexOf(':');
        return colon < 0 ? "" : digestId.substring(0, colon);
    }
}
