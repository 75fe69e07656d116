package dev.assent.outbox.testing;

import dev.assent.coordination.server.CoordinationServer;
import dev.assent.coordination.server.config.ServerConfig;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import org.apache.curator.test.InstanceSpec;
import org.apache.curator.test.TestingServer;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;

/** Hands a test the parts that its methods name, started once for all tests of the JVM and closed at its end. */
public final class Parts implements ParameterResolver {
    private static final int TICK_MILLIS = 500;
    private static final List<Class<?>> OFFERED =
            List.of(Postgres.class, Broker.class, BrokerPair.class, ZooKeeper.class, Assent.class);

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
            if (type == BrokerPair.class) {
                return new Housed(Files.createTempDirectory("assent-kafka-pair")).brokerPair();
            }
            if (type == Assent.class) {
                return new Housed(Files.createTempDirectory("assent-znodes")).assent();
            }
            // Short ticks, so that sessions of two seconds are granted and tests of their loss are quick.
            InstanceSpec spec = new InstanceSpec(null, -1, -1, -1, true, -1, TICK_MILLIS, -1);
            return new ZooKeeper(new TestingServer(spec, true));
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

        BrokerPair brokerPair() throws Exception {
            Runtime.getRuntime().addShutdownHook(new Thread(this::delete));
            return BrokerPair.start(directory);
        }

        Assent assent() throws IOException {
            Runtime.getRuntime().addShutdownHook(new Thread(this::delete));
            return new Assent(CoordinationServer.start(ServerConfig.standalone(directory, 0)));
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

    /** A server of our own store. */
    public record Assent(CoordinationServer server) implements AutoCloseable {
        public String connect() {
            return server.connectString();
        }

        @Override
        public void close() {
            server.close();
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
