package dev.assent.coordination.server;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.IntFunction;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** Servers as processes of their own, numbered from 1, on ports that were free a moment ago. */
final class TestEnsemble implements AutoCloseable {
    private static final int ATTEMPTS_MAX = 5;

    private final Path directory;
    private final List<Integer> clientPorts;
    private final List<Integer> peerPorts;
    private final List<ServerProcess> servers = new ArrayList<>();

    private TestEnsemble(
            Path directory,
            List<Integer> clientPorts,
            List<Integer> peerPorts,
            IntFunction<Map<String, String>> environment) {
        this.directory = directory;
        this.clientPorts = clientPorts;
        this.peerPorts = peerPorts;
        for (int id = 1; id <= clientPorts.size(); id++) {
            servers.add(new ServerProcess(directoryOf(id), environment.apply(id)));
        }
    }

    /** All of them started, a leader found, and each of them serving. */
    static TestEnsemble start(Path directory, int size) throws Exception {
        return start(directory, size, 0, "");
    }

    /**
     * The same, with some servers more.
     *
     * @param observers so many of the servers, the last ones, do not vote
     * @param settings lines for every zoo.cfg
     */
    static TestEnsemble start(Path directory, int size, int observers, String settings) throws Exception {
        return start(directory, size, observers, settings, id -> Map.of());
    }

    /**
     * The same, with variables for each server's environment.
     *
     * @param environment asked for each server's number
     */
    static TestEnsemble start(
            Path directory, int size, int observers, String settings, IntFunction<Map<String, String>> environment)
            throws Exception {
        for (int attempt = 1; ; attempt++) {
            List<Integer> ports = new FreePorts(new Random()).next(2 * size);
            TestEnsemble ensemble = new TestEnsemble(
                    directory.resolve("try-" + attempt),
                    ports.subList(0, size),
                    ports.subList(size, 2 * size),
                    environment);
            ensemble.configure(observers, settings);
            try {
                ensemble.servers.forEach(ServerProcess::start);
                ensemble.awaitServing();
                return ensemble;
            } catch (TimeoutException e) {
                ensemble.close();
                if (attempt == ATTEMPTS_MAX) {
                    throw e;
                }
            }
        }
    }

    /** All held at once, so that they differ. */
    private Path directoryOf(int id) {
        return directory.resolve("server-" + id);
    }

    private void configure(int observers, String settings) throws IOException {
        int voters = size() - observers;
        String members = IntStream.rangeClosed(1, size())
                .mapToObj(member -> "server." + member + "=127.0.0.1:" + peerPorts.get(member - 1) + ":0"
                        + (member > voters ? ":observer" : "") + "\n")
                .collect(Collectors.joining());
        for (int id = 1; id <= size(); id++) {
            Path home = Files.createDirectories(directoryOf(id));
            Files.writeString(home.resolve("myid"), id + "\n");
            Files.writeString(
                    home.resolve("zoo.cfg"),
                    (settings.contains("tickTime") ? "" : "tickTime=2000\ninitLimit=10\nsyncLimit=5\n") + "dataDir="
                            + home + "\nclientPort=" + clientPorts.get(id - 1) + "\n" + settings + members);
        }
    }

    /** Loses the server's whole disk, but for its configuration; it must not be running. */
    void wipe(int id) throws IOException {
        try (Stream<Path> paths = Files.walk(directoryOf(id).resolve("assent-1"))) {
            for (Path path : paths.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(path);
            }
        }
    }

    void awaitServing() throws Exception {
        for (ServerProcess server : servers) {
            server.awaitServing();
        }
    }

    ServerProcess server(int id) {
        return servers.get(id - 1);
    }

    int size() {
        return servers.size();
    }

    /** Of all servers. */
    String connect() {
        return IntStream.rangeClosed(1, size()).mapToObj(this::connect).collect(Collectors.joining(","));
    }

    /** Of all servers, in their order. */
    List<Integer> clientPorts() {
        return clientPorts;
    }

    int clientPort(int id) {
        return clientPorts.get(id - 1);
    }

    String connect(int id) {
        return "127.0.0.1:" + clientPorts.get(id - 1);
    }

    int leader() {
        return only("leader");
    }

    /** One that is not the leader. */
    int follower() {
        return only("follower");
    }

    private int only(String mode) {
        return IntStream.rangeClosed(1, size())
                .filter(id -> server(id).lastLine().contains(" as " + mode))
                .findFirst()
                .orElseThrow(() -> new IllegalStateException("no " + mode));
    }

    @Override
    public void close() throws IOException {
        for (ServerProcess server : servers) {
            server.kill();
        }
    }

    /** One server's process. */
    static final class ServerProcess {
        private static final long START_SECONDS_MAX = 180;

        private final Path home;
        private final Map<String, String> environment;
        private volatile Process process;

        @SuppressWarnings("NullAway.Init") // Every test starts it first.
        ServerProcess(Path home, Map<String, String> environment) {
            this.home = home;
            this.environment = environment;
        }

        void start() {
            List<String> command = List.of(
                    Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                    "-XX:+UseSerialGC",
                    "-XX:TieredStopAtLevel=1",
                    "-Xmx256m",
                    "-cp",
                    System.getProperty("java.class.path"),
                    Main.class.getName(),
                    home.resolve("zoo.cfg").toString());
            try {
                Files.deleteIfExists(home.resolve("out"));
                ProcessBuilder builder = new ProcessBuilder(command)
                        .redirectOutput(home.resolve("out").toFile())
                        .redirectError(ProcessBuilder.Redirect.appendTo(
                                home.resolve("err").toFile()));
                builder.environment().putAll(environment);
                process = builder.start();
            } catch (IOException e) {
                throw new IllegalStateException("the server process cannot be started", e);
            }
        }

        void awaitServing() throws Exception {
            long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(START_SECONDS_MAX);
            while (lastLine().isEmpty()) {
                boolean ended = process.waitFor(20, TimeUnit.MILLISECONDS);
                if (ended || System.nanoTime() > deadline) {
                    throw new TimeoutException(
                            "the server in " + home + " does not serve: " + Files.readString(home.resolve("err")));
                }
            }
        }

        /** Everything that it said on standard error, in all its lives. */
        String complaints() throws IOException {
            return Files.readString(home.resolve("err"));
        }

        /** What it said last on standard output: how it serves. */
        String lastLine() {
            try {
                List<String> lines = Files.readAllLines(home.resolve("out"));
                return lines.isEmpty() ? "" : lines.get(lines.size() - 1);
            } catch (IOException e) {
                return "";
            }
        }

        /** SIGSTOP: it does nothing any more, and its connections stay. */
        void pause() throws Exception {
            signal("STOP");
        }

        /** SIGCONT. */
        void resume() throws Exception {
            signal("CONT");
        }

        private void signal(String name) throws Exception {
            new ProcessBuilder("kill", "-" + name, "" + process.pid()).start().waitFor();
        }

        /** SIGKILL, and gone on return. */
        void kill() {
            process.destroyForcibly().onExit().join();
        }

        /** SIGTERM, and gone on return. */
        int stop() {
            beginToStop();
            return awaitExit();
        }

        /** SIGTERM. */
        void beginToStop() {
            process.destroy();
        }

        int awaitExit() {
            return process.onExit().join().exitValue();
        }
    }
}
