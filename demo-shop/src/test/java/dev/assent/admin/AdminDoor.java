package dev.assent.admin;

import java.net.URI;
import java.net.URISyntaxException;
import java.util.Set;

/** What the admin API reads of a request, for who damages it. */
public final class AdminDoor {
    private AdminDoor() {}

    public static void order(String body) {
        var unused = Orders.parse(body);
    }

    /** As a page with parameters reads it. */
    public static void query(String uri) throws URISyntaxException {
        URI asked = new URI(uri);
        String path = "/api/transactions";
        if (asked.getRawPath() != null && asked.getRawPath().startsWith(path)) {
            Query query = Query.of(asked, path, Set.of("limit", "after", "state", "filter"));
            int unused = query.number("limit", 50, 200);
        }
    }
}
