import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.LinkedHashSet;
import java.util.Set;
import java.util.concurrent.Executors;

/**
 * A small system for drill.yaml: it writes down what it is about to book, then books it, then answers. What it was about to
 * book when it died it books when it starts again.
 */
public final class Ledger {
    private final Path preparedFile;
    private final Path bookedFile;
    private final Set<String> prepared = new LinkedHashSet<>();
    private final Set<String> booked = new LinkedHashSet<>();

    private Ledger(Path directory) {
        preparedFile = directory.resolve("prepared");
        bookedFile = directory.resolve("booked");
    }

    /** A port, and a directory for the books. */
    public static void main(String[] arguments) throws IOException {
        Ledger ledger = new Ledger(Path.of(arguments[1]));
        ledger.recover();
        HttpServer server = HttpServer.create(
                new InetSocketAddress(InetAddress.getLoopbackAddress(), Integer.parseInt(arguments[0])), 0);
        server.setExecutor(Executors.newFixedThreadPool(16));
        server.createContext("/", ledger::serve);
        server.start();
    }

    private void recover() throws IOException {
        if (Files.exists(bookedFile)) {
            booked.addAll(Files.readAllLines(bookedFile));
        }
        if (Files.exists(preparedFile)) {
            for (String id : Files.readAllLines(preparedFile)) {
                book(id);
            }
        }
    }

    private void serve(HttpExchange call) throws IOException {
        String path = call.getRequestURI().getPath();
        String id = path.substring(path.lastIndexOf('/') + 1);
        switch (path.substring(0, path.lastIndexOf('/') + 1) + call.getRequestMethod()) {
            case "/book/POST" -> {
                prepare(id);
                book(id);
                answer(call, 201, "booked");
            }
            case "/book/GET" -> answer(call, isBooked(id) ? 200 : 404, id);
            default -> answer(call, 200, count(path));
        }
    }

    private synchronized String count(String path) {
        return switch (path) {
            case "/prepared" -> Integer.toString(prepared.size());
            case "/count" -> Integer.toString(booked.size());
            default -> "ready";
        };
    }

    private synchronized boolean isBooked(String id) {
        return booked.contains(id);
    }

    private synchronized void prepare(String id) throws IOException {
        append(preparedFile, id);
        prepared.add(id);
    }

    private synchronized void book(String id) throws IOException {
        if (booked.add(id)) {
            append(bookedFile, id);
        }
        prepared.remove(id);
    }

    private static void append(Path file, String line) throws IOException {
        Files.write(
                file,
                (line + "\n").getBytes(StandardCharsets.UTF_8),
                StandardOpenOption.CREATE,
                StandardOpenOption.APPEND,
                StandardOpenOption.DSYNC);
    }

    private static void answer(HttpExchange call, int status, String text) throws IOException {
        byte[] body = text.getBytes(StandardCharsets.UTF_8);
        call.sendResponseHeaders(status, body.length);
        call.getResponseBody().write(body);
        call.close();
    }
}
