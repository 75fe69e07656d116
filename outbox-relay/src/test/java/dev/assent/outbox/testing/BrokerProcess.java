package dev.assent.outbox.testing;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;

/** A Kafka broker in a JVM of its own, to be frozen and thawed. */
public record BrokerProcess(ChildJvm jvm) implements AutoCloseable {
    private static final String SERVES = "broker serves at ";
    private static final int HEAP_MEGABYTES = 256;

    /** In the child: serves until it is killed. */
    public static void main(String[] arguments) throws Exception {
        Broker.Identity identity = new Broker.Identity(
                arguments[1],
                Integer.parseInt(arguments[2]),
                Integer.parseInt(arguments[3]),
                Integer.parseInt(arguments[4]),
                Boolean.parseBoolean(arguments[5]));
        try (Broker broker = Broker.start(Path.of(arguments[0]), identity)) {
            System.out.println(SERVES + broker.bootstrapServers());
            new CountDownLatch(1).await();
        }
    }

    public static BrokerProcess start(Path directory) throws Exception {
        return start(directory, Broker.Identity.alone());
    }

    static BrokerProcess start(Path directory, Broker.Identity identity) throws Exception {
        List<String> arguments = List.of(
                directory.toString(),
                identity.cluster(),
                Integer.toString(identity.node()),
                Integer.toString(identity.port()),
                Integer.toString(identity.controllerPort()),
                Boolean.toString(identity.isHasty()));
        BrokerProcess broker = new BrokerProcess(
                ChildJvm.start(BrokerProcess.class, HEAP_MEGABYTES, directory.resolve("broker.log"), arguments));
        Await.until("the broker serves", Duration.ofSeconds(90), () -> broker.address()
                .isPresent());
        return broker;
    }

    private Optional<String> address() throws IOException {
        if (!jvm.isAlive()) {
            throw new IOException("the broker has ended: " + jvm.output());
        }
        return jvm.output()
                .lines()
                .filter(line -> line.startsWith(SERVES))
                .map(line -> line.substring(SERVES.length()))
                .findFirst();
    }

    public String bootstrapServers() throws IOException {
        return address().orElseThrow();
    }

    @Override
    public void close() {
        jvm.close();
    }
}
