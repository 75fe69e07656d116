package dev.assent.outbox.testing;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A Kafka broker in a JVM of its own, to be frozen and thawed. */
public record BrokerProcess(ChildJvm jvm, String bootstrapServers) implements AutoCloseable {
    private static final String SERVES = "broker serves at ";
    /** A whole line: it may be looked for while it is written. */
    private static final Pattern SERVES_AT = Pattern.compile("^" + SERVES + "(\\S+)\\R", Pattern.MULTILINE);

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
        ChildJvm jvm = ChildJvm.start(BrokerProcess.class, HEAP_MEGABYTES, directory.resolve("broker.log"), arguments);
        Await.until(
                "the broker serves", Duration.ofMinutes(3), () -> address(jvm).isPresent());
        return new BrokerProcess(jvm, address(jvm).orElseThrow());
    }

    private static Optional<String> address(ChildJvm jvm) throws IOException {
        if (!jvm.isAlive()) {
            throw new IOException("the broker has ended: " + jvm.output());
        }
        Matcher told = SERVES_AT.matcher(jvm.output());
        return told.find() ? Optional.of(told.group(1)) : Optional.empty();
    }

    @Override
    public void close() {
        jvm.close();
    }
}
