package dev.assent.shop.platform;

import java.io.FileInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Properties;
import kafka.server.KafkaConfig;
import kafka.server.KafkaRaftServer;
import kafka.tools.StorageTool;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.utils.Time;

/** The broker's process: formats its log directory when it is new, then serves until SIGTERM. */
final class KafkaMain {
    static final String READY_LINE = "kafka serves";

    private KafkaMain() {}

    public static void main(String[] arguments) throws Exception {
        Path properties = Path.of(arguments[0]);
        Properties settings = new Properties();
        try (InputStream file = new FileInputStream(properties.toFile())) {
            settings.load(new java.io.InputStreamReader(file, StandardCharsets.UTF_8));
        }
        Path data = Path.of(settings.getProperty("log.dirs"));
        int formatted = formatIfNew(properties, data);
        if (formatted != 0) {
            throw new IOException("Kafka's own tool ends with " + formatted + " when it formats " + data);
        }
        KafkaRaftServer server = new KafkaRaftServer(KafkaConfig.fromProps(settings, false), Time.SYSTEM);
        Runtime.getRuntime().addShutdownHook(new Thread(server::shutdown, "shutdown"));
        server.startup();
        System.out.println(READY_LINE);
        server.awaitShutdown();
    }

    /** Each format draws a new cluster id, and Kafka refuses to serve under one what was written under another. */
    private static int formatIfNew(Path properties, Path data) throws Exception {
        if (Files.exists(data.resolve("meta.properties"))) {
            return 0;
        }
        String[] format = {
            "format", "-t", Uuid.randomUuid().toString(), "-c", properties.toString(), "--ignore-formatted"
        };
        return StorageTool.execute(format, System.out);
    }
}
