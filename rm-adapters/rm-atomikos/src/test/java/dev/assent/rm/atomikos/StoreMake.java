package dev.assent.rm.atomikos;

import dev.assent.coordination.server.CoordinationServer;
import dev.assent.coordination.server.config.ServerConfig;
import java.io.IOException;
import java.nio.file.Path;

/** Whose znode server keeps the log: it must not matter. */
enum StoreMake {
    ASSENT {
        @Override
        RunningStore start(Path directory) throws IOException {
            CoordinationServer server = CoordinationServer.start(ServerConfig.standalone(directory, 0));
            return new RunningStore(server.clientPort(), server::close);
        }
    },
    APACHE_ZOOKEEPER {
        @Override
        RunningStore start(Path directory) throws IOException, InterruptedException {
            ApacheZooKeeper server = ApacheZooKeeper.start(directory);
            return new RunningStore(server.port(), server::close);
        }
    };

    abstract RunningStore start(Path directory) throws IOException, InterruptedException;

    /** A server in this JVM, on the loopback. */
    record RunningStore(int port, Runnable stop) implements AutoCloseable {
        String connect() {
            return "127.0.0.1:" + port;
        }

        @Override
        public void close() {
            stop.run();
        }
    }
}
