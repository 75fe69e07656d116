package dev.assent.shop.drills.system;

import dev.assent.shop.drills.system.SystemDescription.Probe;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Optional;

/** Asks a description's questions. Thread-safe. */
final class Questions implements Probe.Handler<Questions.Asked> {
    private static final Duration HTTP_TIMEOUT = Duration.ofSeconds(5);
    private static final int SQL_TIMEOUT_SECONDS = 10;
    private static final int STATUS_GOOD_END = 300;

    private final HttpClient http =
            HttpClient.newBuilder().connectTimeout(HTTP_TIMEOUT).build();
    private final Shell shell;

    /** A question that can be put. */
    @FunctionalInterface
    interface Asked {
        String answer() throws IOException, InterruptedException, SQLException;
    }

    Questions(Shell shell) {
        this.shell = shell;
    }

    /** @throws IOException there is no answer, or a bad one; it names the question */
    String ask(Probe probe) throws IOException, InterruptedException {
        try {
            return probe.accept(this).answer().strip();
        } catch (SQLException failed) {
            throw new IOException("'" + probe.text() + "' is not answered: " + failed.getMessage(), failed);
        } catch (IOException failed) {
            throw new IOException("'" + probe.text() + "' is not answered: " + failed.getMessage(), failed);
        }
    }

    /** An answer that has to be a number; none while there is no answer. */
    Optional<Long> number(Probe probe) throws InterruptedException {
        try {
            return Optional.of(Long.parseLong(ask(probe)));
        } catch (IOException | NumberFormatException none) {
            return Optional.empty();
        }
    }

    @Override
    public Asked sql(Probe.Sql sql) {
        return () -> {
            try (Connection connection = DriverManager.getConnection(sql.url());
                    Statement statement = connection.createStatement()) {
                statement.setQueryTimeout(SQL_TIMEOUT_SECONDS);
                try (ResultSet row = statement.executeQuery(sql.query())) {
                    if (!row.next()) {
                        throw new IOException("it has no row");
                    }
                    return String.valueOf(row.getString(1));
                }
            }
        };
    }

    @Override
    public Asked http(Probe.Http question) {
        return () -> {
            HttpRequest request = HttpRequest.newBuilder(URI.create(question.url()))
                    .timeout(HTTP_TIMEOUT)
                    .build();
            HttpResponse<String> answer =
                    Answers.within(HTTP_TIMEOUT, http, request, HttpResponse.BodyHandlers.ofString());
            if (answer.statusCode() >= STATUS_GOOD_END) {
                throw new IOException("status " + answer.statusCode());
            }
            return answer.body();
        };
    }

    @Override
    public Asked output(Probe.Output output) {
        return () -> shell.run(output.command());
    }
}
