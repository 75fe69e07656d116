package dev.assent.outbox.testing;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import org.apache.curator.test.TestingServer;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;

/** Hands a test the parts that its methods name, started once for all tests of the JVM and closed at its end. */
public final class Parts implements ParameterResolver {
    private static final List<Class<?>> OFFERED = List.of(Postgres.class, Broker.class, ZooKeeper.class);

    @Override
    public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
        return OFFERED.contains(parameter.getParameter().getType());
    }

    @Override
    public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
        Class<?> type = parameter.getParameter().getType();
        ExtensionContext.Store store = context.getRoot().getStore(ExtensionContext.Namespace.create(Parts.class));
        Object part = store.getOrComputeIfAbsent(type, ignored -> start(type));
        if (part == null) {
            throw new IllegalStateException(type + " was not started");
        }
        return part;
    }

    private static Object start(Class<?> type) {
        try {
            if (type == Postgres.class) {
                return Postgres.start();
            }
            if (type == Broker.class) {
                return new Housed(Files.createTempDirectory("assent-kafka")).broker();
            }
            return new ZooKeeper(new TestingServer(true));
        } catch (Exception e) {
            throw new IllegalStateException("cannot start " + type.getSimpleName(), e);
        }
    }

    /** A directory that goes away with the JVM. */
    private record Housed(Path directory) {
        Broker broker() throws IOException {
            Runtime.getRuntime().addShutdownHook(new Thread(this::delete));
            return Broker.start(directory);
        }

        void delete() {
            try (Stream<Path> files = Files.walk(directory)) {
                for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                    Files.deleteIfExists(file);
                }
            } catch (IOException e) {
                throw new java.io.UncheckedIOException(e);
            }
        }
    }

    /** An Apache ZooKeeper server. */
    public record ZooKeeper(TestingServer server) implements AutoCloseable {
        public String connect() {
            return server.getConnectString();
        }

        @Override
        public void close() throws IOException {
            server.close();
        }
    }
}
