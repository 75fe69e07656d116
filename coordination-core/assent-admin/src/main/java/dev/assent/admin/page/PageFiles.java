package dev.assent.admin.page;

import com.sun.net.httpserver.Headers;
import com.sun.net.httpserver.HttpExchange;
import java.io.IOException;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The files of the console, or of another page that is made of the same parts, in memory, by the path that they are asked
 * for with. Anything else is not its own. Thread-safe.
 */
public final class PageFiles {
    /**
     * Style and script from here alone, no frame around the page, nothing sent elsewhere. Scripts may set styles through
     * the document's model; markup and attributes may not.
     */
    static final String CONTENT_POLICY =
            "default-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'; object-src 'none'";

    private static final String SCRIPT = "text/javascript; charset=utf-8";
    private static final String STYLE = "text/css; charset=utf-8";
    private static final String TEXT = "text/plain; charset=utf-8";
    private static final String HTML = "text/html; charset=utf-8";
    private static final String INDEX = "index.html";
    private static final List<String> SCRIPTS = List.of(
            "actions.js",
            "audit.js",
            "cluster.js",
            "console.js",
            "filter-box.js",
            "filter.js",
            "in-doubt.js",
            "live.js",
            "outbox.js",
            "sagas.js",
            "scrub.js",
            "session.js",
            "sse.js",
            "time.js",
            "trace-tree.js",
            "traces.js",
            "transactions.js",
            "waterfall-view.js",
            "waterfall.js",
            "znodes.js");

    /** What other pages are made of as well. */
    private static final List<String> SHARED_SCRIPTS =
            List.of("base.js", "vendor/htm.js", "vendor/hooks.js", "vendor/preact.js", "vendor/uplot.js");

    private static final List<String> STYLES = List.of("console.css", "vendor/uplot.css");
    private static final List<String> TEXTS =
            List.of("vendor/NOTICE", "vendor/htm.LICENSE", "vendor/preact.LICENSE", "vendor/uplot.LICENSE");

    private final Map<String, PageFile> files = new LinkedHashMap<>();

    /** The console. */
    public PageFiles() {
        this(PageFile.class, INDEX, SCRIPTS);
    }

    /**
     * Another page.
     *
     * @param home beside which its files lie
     * @param index its first page
     * @param names of its other files: scripts and styles
     */
    public PageFiles(Class<?> home, String index, List<String> names) {
        files.put("/", PageFile.read(home, index, HTML));
        files.put("/icon.svg", PageFile.read(PageFile.class, "icon.svg", "image/svg+xml"));
        names.forEach(name -> files.put("/" + name, PageFile.read(home, name, name.endsWith(".css") ? STYLE : SCRIPT)));
        SHARED_SCRIPTS.forEach(name -> files.put("/" + name, PageFile.read(PageFile.class, name, SCRIPT)));
        STYLES.forEach(name -> files.put("/" + name, PageFile.read(PageFile.class, name, STYLE)));
        TEXTS.forEach(name -> files.put("/" + name, PageFile.read(PageFile.class, name, TEXT)));
    }

    /** The paths that are answered. */
    public Set<String> paths() {
        return files.keySet();
    }

    /** Answers it if it asks for one of these files with GET or HEAD; false if it is not answered. */
    public boolean serve(HttpExchange exchange) throws IOException {
        String method = exchange.getRequestMethod();
        PageFile file = files.get(exchange.getRequestURI().getPath());
        if (file == null || !(method.equals("GET") || method.equals("HEAD"))) {
            return false;
        }
        Headers headers = exchange.getResponseHeaders();
        headers.set("ETag", file.etag());
        headers.set("Cache-Control", "no-cache");
        headers.set("Content-Security-Policy", CONTENT_POLICY);
        headers.set("X-Content-Type-Options", "nosniff");
        headers.set("X-Frame-Options", "DENY");
        headers.set("Referrer-Policy", "no-referrer");
        headers.set("Cross-Origin-Opener-Policy", "same-origin");
        headers.set("Cross-Origin-Resource-Policy", "same-origin");
        if (isKnown(exchange.getRequestHeaders().getFirst("If-None-Match"), file.etag())) {
            exchange.sendResponseHeaders(304, -1);
            return true;
        }
        headers.set("Content-Type", file.type());
        if (method.equals("HEAD")) {
            headers.set("Content-Length", String.valueOf(file.length()));
            exchange.sendResponseHeaders(200, -1);
        } else {
            exchange.sendResponseHeaders(200, file.length());
            file.writeTo(exchange.getResponseBody());
        }
        return true;
    }

    /** RFC 9110, section 13.1.2: any of a list, weak or not. */
    private static boolean isKnown(@Nullable String header, String etag) {
        return header != null
                && Arrays.stream(header.split(","))
                        .map(one -> one.strip().replaceFirst("^W/", ""))
                        .anyMatch(one -> one.equals(etag) || one.equals("*"));
    }
}
