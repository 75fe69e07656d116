package dev.assent.coordination.bench;

import dev.assent.coordination.server.FreePorts;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;

/** Three servers of one make, each in a JVM of its own with the same flags. */
final class Contender implements AutoCloseable {
    static final int SERVERS = 3;
    private static final long START_SECONDS_MAX = 60;
    private static final long STOP_SECONDS_MAX = 10;
    private static final int WORD_MILLIS_MAX = 5_000;

    /** Whose servers. */
    enum Make {
        ASSENT("Assent", "dev.assent.coordination.server.Main", "assent_log_syncs"),
        ZOOKEEPER("ZooKeeper 3.9.5", "org.apache.zookeeper.server.quorum.QuorumPeerMain", "zk_cnt_fsynctime");

        private final String title;
        private final String mainClass;
        private final String syncsKey;

        Make(String title, String mainClass, String syncsKey) {
            this.title = title;
            this.mainClass = mainClass;
            this.syncsKey = syncsKey;
        }

        String title() {
            return title;
        }
    }

    private final Make make;
    private final List<Integer> clientPorts;
    private final List<Process> processes = new ArrayList<>();

    private Contender(Make make, List<Integer> clientPorts) {
        this.make = make;
        this.clientPorts = clientPorts;
    }

    static Contender start(Make make, Path directory, List<String> jvmFlags) throws IOException, InterruptedException {
        List<Integer> ports = new FreePorts(new Random()).next(3 * SERVERS);
        Contender contender = new Contender(make, ports.subList(0, SERVERS));
        try {
            for (int id = 1; id <= SERVERS; id++) {
                contender.launch(configure(directory.resolve("server-" + id), id, ports), jvmFlags);
            }
            contender.awaitServing();
            return contender;
        } catch (IOException | InterruptedException | RuntimeException e) {
            contender.close();
            throw e;
        }
    }

    private static Path configure(Path home, int id, List<Integer> ports) throws IOException {
        Files.createDirectories(home);
        StringBuilder text = new StringBuilder("tickTime=2000\ninitLimit=10\nsyncLimit=5\nadmin.enableServer=false\n")
                .append("clientPortAddress=127.0.0.1\n4lw.commands.whitelist=srvr,mntr\ndataDir=")
                .append(home)
                .append("\nclientPort=")
                .append(ports.get(id - 1))
                .append('\n');
        for (int member = 1; member <= SERVERS; member++) {
            text.append("server.").append(member).append("=127.0.0.1:");
            text.append(ports.get(SERVERS + member - 1)).append(':');
            text.append(ports.get(2 * SERVERS + member - 1)).append('\n');
        }
        Files.writeString(home.resolve("myid"), id + "\n");
        Files.writeString(home.resolve("zoo.cfg"), text);
        return home;
    }

    private void launch(Path home, List<String> jvmFlags) throws IOException {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(jvmFlags);
        command.addAll(List.of(
                "-Dlogback.configurationFile=assent-logback.xml",
                "-cp",
                System.getProperty("java.class.path"),
                make.mainClass,
                home.resolve("zoo.cfg").toString()));
        processes.add(new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(home.resolve("log").toFile())
                .start());
    }

    private void awaitServing() throws IOException, InterruptedException {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(START_SECONDS_MAX);
        for (int i = 0; i < SERVERS; i++) {
            while (!word(i, "srvr").contains("Mode:")) {
                boolean ended = processes.get(i).waitFor(100, TimeUnit.MILLISECONDS);
                if (ended || System.nanoTime() > deadline) {
                    throw new IOException(make.title + " server " + (i + 1) + " does not serve; see its log");
                }
            }
        }
    }

    Make make() {
        return make;
    }

    List<Long> pids() {
        return processes.stream().map(Process::pid).toList();
    }

    String connect(int server) {
        return "127.0.0.1:" + clientPorts.get(server % SERVERS);
    }

    /** What all servers together have used of the processors. */
    Duration cpu() {
        return processes.stream()
                .map(process -> process.info().totalCpuDuration().orElse(Duration.ZERO))
                .reduce(Duration.ZERO, Duration::plus);
    }

    /** How often all servers together have synced their logs; 0 if they do not say. */
    long syncs() {
        long sum = 0;
        for (int i = 0; i < SERVERS; i++) {
            sum += word(i, "mntr")
                    .lines()
                    .filter(line -> line.startsWith(make.syncsKey + "\t"))
                    .mapToLong(line -> Math.round(Double.parseDouble(line.substring(line.indexOf('\t') + 1))))
                    .findFirst()
                    .orElse(0);
        }
        return sum;
    }

    private String word(int server, String word) {
        try (Socket socket = new Socket()) {
            socket.connect(
                    new InetSocketAddress(InetAddress.getLoopbackAddress(), clientPorts.get(server)), WORD_MILLIS_MAX);
            socket.setSoTimeout(WORD_MILLIS_MAX);
            socket.getOutputStream().write(word.getBytes(StandardCharsets.US_ASCII));
            return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            return "";
        }
    }

    /** Asks first, so that a profiler in a server can write down what it saw. */
    @Override
    public void close() {
        processes.forEach(Process::destroy);
        for (Process process : processes) {
            process.onExit()
                    .completeOnTimeout(process, STOP_SECONDS_MAX, TimeUnit.SECONDS)
                    .join();
            process.destroyForcibly().onExit().join();
        }
    }
}
