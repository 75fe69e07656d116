package dev.assent.coordination.server.words;

import dev.assent.coordination.server.config.MemberConfig;
import dev.assent.coordination.server.config.ServerConfig;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.lang.management.OperatingSystemMXBean;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.function.IntSupplier;
import java.util.stream.Stream;

/** How the server was set up and what it runs on. No secrets, no environment variables, no class path. */
final class SettingWords {
    /** Of the ZooKeeper whose clients' protocol is spoken, then ours. Tools read the digits before the dash. */
    static final String VERSION = "3.9.5-assent-0.1.0";

    private static final int MEBI_BITS = 20;

    private final ServerConfig config;
    private final IntSupplier clientPort;

    SettingWords(ServerConfig config, IntSupplier clientPort) {
        this.config = config;
        this.clientPort = clientPort;
    }

    String configuration() {
        StringBuilder text = new StringBuilder();
        if (config.clients().plain()) {
            line(text, "clientPort", clientPort.getAsInt());
            line(
                    text,
                    "clientPortAddress",
                    config.clients().address().getAddress().getHostAddress());
        }
        config.clients().secure().ifPresent(secure -> {
            line(text, "secureClientPort", secure.address().getPort());
            line(text, "secureClientPortAddress", secure.address().getAddress().getHostAddress());
        });
        line(text, "dataDir", config.storage().dataDirectory());
        line(text, "dataLogDir", config.storage().logDirectory());
        line(text, "tickTime", config.timing().tickMillis());
        line(text, "maxClientCnxns", config.clients().limits().connectionsPerAddressMax());
        line(text, "minSessionTimeout", config.clients().timeouts().minMillis());
        line(text, "maxSessionTimeout", config.clients().timeouts().maxMillis());
        line(text, "snapCount", config.storage().transactionsPerSnapshot());
        line(text, "jute.maxbuffer", config.clients().limits().frameBytesMax());
        line(text, "serverId", config.self().value());
        if (!config.isStandalone()) {
            line(text, "initLimit", config.timing().initLimitTicks());
            line(text, "syncLimit", config.timing().syncLimitTicks());
            text.append("membership: \n");
            config.members()
                    .values()
                    .forEach(member -> line(text, "server." + member.id().value(), place(member)));
        }
        line(text, ServerConfig.INSECURE_KEY, config.insecure());
        return text.toString();
    }

    private static String place(MemberConfig member) {
        String role = member.voting() == MemberConfig.Voting.OBSERVER ? "observer" : "participant";
        return member.host() + ":" + member.peerPort() + ":" + role;
    }

    static String environment() {
        OperatingSystemMXBean system = ManagementFactory.getOperatingSystemMXBean();
        Runtime runtime = Runtime.getRuntime();
        StringBuilder text = new StringBuilder("Environment:\n");
        line(text, "zookeeper.version", VERSION);
        line(text, "java.version", Runtime.version());
        line(text, "java.vendor", ManagementFactory.getRuntimeMXBean().getVmVendor());
        line(text, "java.vm.name", ManagementFactory.getRuntimeMXBean().getVmName());
        line(text, "os.name", system.getName());
        line(text, "os.arch", system.getArch());
        line(text, "os.version", system.getVersion());
        line(text, "os.processors", runtime.availableProcessors());
        line(text, "jvm.memory.free", (runtime.freeMemory() >> MEBI_BITS) + "MB");
        line(text, "jvm.memory.max", (runtime.maxMemory() >> MEBI_BITS) + "MB");
        line(text, "jvm.memory.total", (runtime.totalMemory() >> MEBI_BITS) + "MB");
        return text.toString();
    }

    /** Reads the disk, which may hang. */
    String directories() {
        StringBuilder text = new StringBuilder();
        text.append("datadir_size: ")
                .append(bytesBelow(config.storage().dataDirectory()))
                .append('\n');
        text.append("logdir_size: ")
                .append(bytesBelow(config.storage().logDirectory()))
                .append('\n');
        return text.toString();
    }

    private static long bytesBelow(Path directory) {
        try (Stream<Path> files = Files.walk(directory)) {
            return files.mapToLong(SettingWords::bytesOf).sum();
        } catch (NoSuchFileException absent) {
            return 0;
        } catch (IOException e) {
            throw new UncheckedIOException(directory + " cannot be read", e);
        }
    }

    /** Files come and go while they are counted. */
    private static long bytesOf(Path file) {
        try {
            return Files.isRegularFile(file) ? Files.size(file) : 0;
        } catch (IOException gone) {
            return 0;
        }
    }

    private static void line(StringBuilder text, String key, Object value) {
        text.append(key).append('=').append(value).append('\n');
    }
}
