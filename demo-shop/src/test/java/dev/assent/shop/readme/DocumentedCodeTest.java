package dev.assent.shop.readme;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.assent.rm.jta.AssentTransactions;
import dev.assent.rm.tcc.TccAction;
import dev.assent.saga.api.StepContext;
import dev.assent.saga.model.CallKey;
import dev.assent.tx.testing.DocumentedCode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * What the pages show as Java compiles as it stands there, its imports included. What a page leaves to its reader is
 * declared here: objects of the application's.
 */
public class DocumentedCodeTest {
    private static final Path ROOT = Path.of("..");

    /** An entity. */
    public static final class Order {}

    /** What a try is about. */
    public record Reservation(UUID order, int count) {}

    /** What it does. */
    public static final class ReserveGoods implements TccAction<Reservation> {
        @Override
        public void attempt(Connection connection, Reservation reservation) {}

        @Override
        public void confirm(Connection connection, Reservation reservation) {}

        @Override
        public void cancel(Connection connection, Reservation reservation) {}
    }

    /** A table of the application's own. */
    public interface Bookings {
        String insert(CallKey key, String input);

        void cancel(CallKey key);
    }

    /** Another company. */
    public interface Partner {
        String reserve(StepContext<String> context);

        void release(StepContext<String> context);

        String charge(StepContext<String> context);

        void refund(StepContext<String> context);
    }

    /** By page, the parameters of what its statements are put in; pages whose code is built elsewhere are left out. */
    private static final Map<String, String> GIVEN = Map.of(
            "README.md",
            "",
            "docs/atomikos.md",
            "dev.assent.rm.jta.AssentTransactions transactions",
            "docs/adapters.md",
            "javax.sql.DataSource pool, dev.assent.rm.jta.AssentTransactions transactions, io.grpc.Channel plain,"
                    + " io.grpc.ServerBuilder<?> builder, dev.assent.rm.Assent assent",
            "docs/outbox.md",
            "javax.sql.DataSource dataSource, java.sql.Connection connection, String orderId, String traceparent,"
                    + " String json, String brokers, javax.sql.DataSource database",
            "docs/protocol/saga.md",
            "Bookings bookings, Partner hotel, Partner airline, Partner bank",
            "docs/protocol/tcc.md",
            AssentTransactions.class.getName() + " transactions, UUID order, javax.sql.DataSource dataSource");

    @TempDir
    private Path directory;

    private Path unit(int number, DocumentedCode code, String given) throws IOException {
        DocumentedCode whole = code.isStatements() ? code.asMethodOf("Snippet", needed(code, given)) : code;
        List<String> lines = new ArrayList<>(List.of(
                "package snippet" + number + ";",
                "import " + DocumentedCodeTest.class.getName() + ".*;",
                "import java.util.UUID;"));
        lines.addAll(whole.lines());
        return Files.write(
                Files.createDirectories(directory.resolve("snippet" + number)).resolve("Snippet.java"), lines);
    }

    /** What a block makes itself is not given to it. */
    private static String needed(DocumentedCode code, String given) {
        String text = String.join("\n", code.lines());
        return Arrays.stream(given.split(", "))
                .filter(parameter -> !parameter.isEmpty())
                .filter(parameter -> !text.contains(parameter.substring(parameter.lastIndexOf(' ')) + " ="))
                .collect(Collectors.joining(", "));
    }

    @Test
    void every_block_compiles_with_the_imports_that_it_names() throws IOException {
        List<Path> sources = new ArrayList<>();
        for (Map.Entry<String, String> page : GIVEN.entrySet()) {
            for (DocumentedCode code : DocumentedCode.allOf(ROOT.resolve(page.getKey()))) {
                // ReadmeExampleIT runs the service, and names its imports.
                if (!code.lines().contains("@Service")) {
                    sources.add(unit(sources.size(), code, page.getValue()));
                }
            }
        }

        assertThat(sources).hasSizeGreaterThan(10);
        DocumentedCode.compile(sources, Files.createDirectories(directory.resolve("classes")));
    }

    @Test
    void a_block_that_leaves_out_an_import_is_noticed() throws IOException {
        Path source = unit(1, new DocumentedCode(List.of("Assent assent = null;")), "");

        assertThatThrownBy(() -> DocumentedCode.compile(List.of(source), directory))
                .isInstanceOf(AssertionError.class)
                .hasMessageContaining("Assent");
    }
}
