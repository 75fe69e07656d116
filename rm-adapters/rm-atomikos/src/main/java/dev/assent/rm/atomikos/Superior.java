package dev.assent.rm.atomikos;

import dev.assent.tx.model.BranchId;
import java.net.URLDecoder;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * What a vote waits for: a branch of an Assent transaction. It stands in the vote's record as the address of the
 * superior, together with the resources that may hold work of it, so that a later process knows whom to ask.
 */
record Superior(BranchId branch, SortedSet<String> resources) {
    /** As http: of such superiors Atomikos ends nothing by itself, should it ever read the record. */
    private static final String PREFIX = "http://assent/";

    /** The longest address; with it a record stays within {@link RecordCodec#SIZE_MAX_BYTES}. */
    static final int URI_CHARS_MAX = 1_600;

    Superior {
        resources = new TreeSet<>(resources);
    }

    Superior(BranchId branch, Collection<String> resources) {
        this(branch, new TreeSet<>(resources));
    }

    /** Whether an address is one of ours, readable or not. */
    static boolean isOurs(String uri) {
        return uri.startsWith(PREFIX);
    }

    /** Empty if it is not one of ours, or cannot be read. */
    static Optional<Superior> parse(String uri) {
        if (!isOurs(uri)) {
            return Optional.empty();
        }
        try {
            String[] halves = uri.substring(PREFIX.length()).split("\\?", 2);
            String[] ids = halves[0].split("/", -1);
            if (ids.length != 2) {
                return Optional.empty();
            }
            BranchId branch = new BranchId(BranchId.FORMAT_ID, bytes(ids[0]), bytes(ids[1]));
            return Optional.of(new Superior(branch, names(halves.length == 2 ? halves[1] : "")));
        } catch (IllegalArgumentException unreadable) {
            return Optional.empty();
        }
    }

    private static byte[] bytes(String text) {
        return Base64.getUrlDecoder().decode(text);
    }

    private static List<String> names(String query) {
        List<String> names = new ArrayList<>();
        for (String name : query.split("&", -1)) {
            if (!name.isEmpty()) {
                names.add(URLDecoder.decode(name, StandardCharsets.UTF_8));
            }
        }
        return names;
    }

    String uri() {
        Base64.Encoder base64 = Base64.getUrlEncoder().withoutPadding();
        StringBuilder uri = new StringBuilder(PREFIX)
                .append(base64.encodeToString(branch.gtrid()))
                .append('/')
                .append(base64.encodeToString(branch.bqual()));
        char separator = '?';
        for (String resource : resources) {
            uri.append(separator).append(URLEncoder.encode(resource, StandardCharsets.UTF_8));
            separator = '&';
        }
        return uri.toString();
    }
}
