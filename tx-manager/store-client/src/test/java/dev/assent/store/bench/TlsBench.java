package dev.assent.store.bench;

import dev.assent.command.Commands;
import dev.assent.command.ExitCode;
import dev.assent.coordination.server.FreePorts;
import dev.assent.security.CertifiedName;
import dev.assent.security.Role;
import dev.assent.security.TlsFiles;
import dev.assent.store.StoreConfig;
import dev.assent.store.StoreSession;
import dev.assent.store.StoreTls;
import dev.assent.tx.testing.TestCertificates;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/**
 * What TLS costs our client and three servers of ours, each in a JVM of its own: writes and reads in plain text beside the
 * same over mutual TLS, between members too. Rounds alternate; medians are compared.
 */
@Command(name = "tls bench")
public final class TlsBench implements Callable<Integer> {
    private static final int SERVERS = 3;
    private static final int SESSIONS = 8;
    private static final int IN_FLIGHT = 64;
    private static final long PATIENCE_SECONDS = 60;
    private static final byte[] DATA = new byte[100];

    @Option(names = "--rounds", defaultValue = "3")
    private int rounds;

    @Option(names = "--seconds", defaultValue = "5")
    private int seconds;

    /** How the contender speaks. */
    private enum Speech {
        PLAIN,
        TLS
    }

    /** What is measured. */
    private enum Operation {
        CREATE,
        READ
    }

    private record Sample(Speech speech, Operation operation, double perSecond) {}

    public static void main(String[] arguments) {
        Commands.run(TlsBench::new, arguments);
    }

    @Override
    public Integer call() throws IOException, InterruptedException {
        Path directory = Files.createTempDirectory("assent-tls-bench");
        Map<Speech, List<StoreSession>> sessions = new EnumMap<>(Speech.class);
        List<Process> servers = new ArrayList<>();
        List<Sample> samples = new ArrayList<>();
        try {
            for (Speech speech : Speech.values()) {
                sessions.put(speech, start(speech, directory.resolve(speech.name()), servers));
            }
            int run = 0;
            for (int round = 0; round <= rounds; round++) {
                for (Operation operation : Operation.values()) {
                    for (Speech speech : Speech.values()) {
                        double rate =
                                measure(sessions.getOrDefault(speech, List.of()), operation, "/" + speech + run++);
                        System.out.printf("round %d %-6s %-5s %8.0f/s%n", round, operation, speech, rate);
                        if (round > 0) {
                            samples.add(new Sample(speech, operation, rate));
                        }
                    }
                }
            }
            for (Operation operation : Operation.values()) {
                double plain = median(samples, Speech.PLAIN, operation);
                double tls = median(samples, Speech.TLS, operation);
                System.out.printf("%-6s plain %8.0f/s tls %8.0f/s ratio %.2f%n", operation, plain, tls, tls / plain);
            }
            return ExitCode.OK;
        } finally {
            sessions.values().forEach(all -> all.forEach(StoreSession::close));
            servers.forEach(Process::destroyForcibly);
        }
    }

    private static double median(List<Sample> samples, Speech speech, Operation operation) {
        double[] sorted = samples.stream()
                .filter(sample -> sample.speech() == speech && sample.operation() == operation)
                .mapToDouble(Sample::perSecond)
                .sorted()
                .toArray();
        return sorted[sorted.length / 2];
    }

    private static List<StoreSession> start(Speech speech, Path home, List<Process> servers) throws IOException {
        TestCertificates certificates = new TestCertificates(home.resolve("certificates"));
        List<Integer> ports = new FreePorts(new Random()).next(3 * SERVERS);
        List<String> connect = new ArrayList<>();
        for (int id = 1; id <= SERVERS; id++) {
            TlsFiles files = certificates.of(new CertifiedName(Role.MEMBER, Integer.toString(id)));
            servers.add(launch(configure(speech, home.resolve("server-" + id), id, ports, files)));
            connect.add("127.0.0.1:" + ports.get(id - 1));
        }
        Optional<StoreTls> tls = speech == Speech.TLS
                ? Optional.of(StoreTls.of(certificates.of(Role.CLIENT, "bench")))
                : Optional.empty();
        List<StoreSession> sessions = new ArrayList<>();
        for (int i = 0; i < SESSIONS; i++) {
            sessions.add(StoreSession.open(StoreConfig.of(connect.get(i % SERVERS))
                    .withConnectTimeout(Duration.ofSeconds(PATIENCE_SECONDS))
                    .withTls(tls)));
        }
        return sessions;
    }

    private static Path configure(Speech speech, Path home, int id, List<Integer> ports, TlsFiles files)
            throws IOException {
        Files.createDirectories(home);
        List<String> lines =
                new ArrayList<>(List.of("tickTime=2000", "initLimit=10", "syncLimit=5", "dataDir=" + home));
        switch (speech) {
            case PLAIN -> lines.addAll(List.of("clientPort=" + ports.get(id - 1), "clientPortAddress=127.0.0.1"));
            case TLS ->
                lines.addAll(List.of(
                        "secureClientPort=" + ports.get(id - 1),
                        "secureClientPortAddress=127.0.0.1",
                        "assent.tls.certificate=" + files.certificate(),
                        "assent.tls.key=" + files.key(),
                        "assent.tls.trust=" + files.trust()));
        }
        for (int member = 1; member <= SERVERS; member++) {
            lines.add("server." + member + "=127.0.0.1:" + ports.get(SERVERS + member - 1) + ":"
                    + ports.get(2 * SERVERS + member - 1));
        }
        Files.writeString(home.resolve("myid"), id + "\n");
        Files.write(home.resolve("zoo.cfg"), lines);
        return home;
    }

    private static Process launch(Path home) throws IOException {
        return new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xms512m",
                        "-Xmx512m",
                        "-XX:+UseParallelGC",
                        "-cp",
                        System.getProperty("java.class.path"),
                        "dev.assent.coordination.server.Main",
                        home.resolve("zoo.cfg").toString())
                .redirectErrorStream(true)
                .redirectOutput(home.resolve("log").toFile())
                .start();
    }

    private double measure(List<StoreSession> sessions, Operation operation, String folder)
            throws IOException, InterruptedException {
        StoreSession first = sessions.get(0);
        first.await(first.create(folder, DATA), "a folder");
        LongAdder done = new LongAdder();
        long begin = System.nanoTime();
        long end = begin + TimeUnit.SECONDS.toNanos(seconds);
        List<Thread> threads = new ArrayList<>();
        for (int i = 0; i < sessions.size(); i++) {
            StoreSession session = sessions.get(i);
            String prefix = folder + "/" + i + "-";
            Thread thread = new Thread(() -> drive(session, operation, folder, prefix, end, done));
            thread.start();
            threads.add(thread);
        }
        for (Thread thread : threads) {
            thread.join();
        }
        return done.sum() / ((System.nanoTime() - begin) / 1e9);
    }

    private static void drive(
            StoreSession session, Operation operation, String folder, String prefix, long end, LongAdder done) {
        Semaphore inFlight = new Semaphore(IN_FLIGHT);
        for (long number = 0; System.nanoTime() < end; number++) {
            inFlight.acquireUninterruptibly();
            var unused = (operation == Operation.CREATE ? session.create(prefix + number, DATA) : session.read(folder))
                    .whenComplete((answer, failed) -> {
                        inFlight.release();
                        if (failed == null) {
                            done.increment();
                        }
                    });
        }
        inFlight.acquireUninterruptibly(IN_FLIGHT);
    }
}
