package dev.assent.outbox.testing;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;

/** A Kafka broker in a JVM of its own, to be frozen and thawed. */
public final class BrokerProcess implements AutoCloseable {
    private static final String SERVES = "broker serves at ";

    private final Process process;
    private final Path output;

    private BrokerProcess(Process process, Path output) {
        this.process = process;
        this.output = output;
    }

    /** In the child: serves one topic until it is killed. */
    public static void main(String[] arguments) throws Exception {
        try (Broker broker = Broker.start(Path.of(arguments[0]))) {
            System.out.println(SERVES + broker.bootstrapServers());
            new CountDownLatch(1).await();
        }
    }

    public static BrokerProcess start(Path directory) throws Exception {
        Path output = directory.resolve("broker.log");
        List<String> command = List.of(
                ProcessHandle.current().info().command().orElse("java"),
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-Xmx256m",
                "-cp",
                ManagementFactory.getRuntimeMXBean().getClassPath(),
                BrokerProcess.class.getName(),
                directory.toString());
        Process process = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(output.toFile())
                .start();
        BrokerProcess broker = new BrokerProcess(process, output);
        Await.until("the broker serves", Duration.ofSeconds(90), () -> broker.address()
                .isPresent());
        return broker;
    }

    private Optional<String> address() throws IOException {
        if (!process.isAlive()) {
            throw new IOException("the broker has ended: " + Files.readString(output, StandardCharsets.UTF_8));
        }
        return Files.readString(output, StandardCharsets.UTF_8)
                .lines()
                .filter(line -> line.startsWith(SERVES))
                .map(line -> line.substring(SERVES.length()))
                .findFirst();
    }

    public String bootstrapServers() throws IOException {
        return address().orElseThrow();
    }

    /** SIGSTOP: it holds its connections and answers nothing. */
    public void freeze() throws Exception {
        signal("-STOP");
    }

    public void thaw() throws Exception {
        signal("-CONT");
    }

    private void signal(String which) throws Exception {
        int code = new ProcessBuilder("kill", which, Long.toString(process.pid()))
                .start()
                .waitFor();
        if (code != 0) {
            throw new IOException("kill " + which + " answers " + code);
        }
    }

    @Override
    public void close() {
        process.destroyForcibly().onExit().join();
    }
}
