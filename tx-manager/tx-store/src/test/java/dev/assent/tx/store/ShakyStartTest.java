package dev.assent.tx.store;

import static org.assertj.core.api.Assertions.assertThat;

import dev.assent.store.SetAside;
import dev.assent.store.StoreConfig;
import dev.assent.store.StoreSession;
import dev.assent.tx.testing.AssentEnsemble;
import dev.assent.tx.testing.TcpProxy;
import java.nio.file.Path;
import java.util.OptionalInt;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Whoever starts while the store loses connections, as it does when it elects a leader, starts all the same. */
@Timeout(120)
class ShakyStartTest {
    /** Requests that get through over a connection: far fewer than a start needs. */
    private static final int REQUESTS = 8;

    private static final int LOST = 3;

    @Test
    void folders_are_laid_out_and_shards_agreed_on_over_connections_that_are_lost(@TempDir Path folder)
            throws Exception {
        AtomicReference<@Nullable TcpProxy> way = new AtomicReference<>();
        Set<Object> lost = ConcurrentHashMap.newKeySet();
        try (AssentEnsemble ensemble = new AssentEnsemble(folder);
                TcpProxy proxy = new TcpProxy(
                        port(ensemble),
                        (connection, number, frame) -> {
                            boolean isCut = number >= REQUESTS && (lost.contains(connection) || lost.size() < LOST);
                            TcpProxy all = way.get();
                            if (isCut && lost.add(connection) && all != null) {
                                all.cut();
                            }
                            return !isCut;
                        },
                        TcpProxy.Filter.NONE)) {
            way.set(proxy);
            try (StoreSession session = StoreSession.open(StoreConfig.of(proxy.address()))) {
                String cluster = new ZnodeStore(session).prepare().toString();
                assertThat(new ZnodeShardTable(session, new SetAside()).agree(OptionalInt.empty(), 5))
                        .isEqualTo(5);
                assertThat(lost).hasSize(LOST);
                assertThat(new ZnodeStore(session).cluster()).hasToString(cluster);
            }
        }
    }

    private static int port(AssentEnsemble ensemble) {
        String first = ensemble.connectString().split(",", 2)[0];
        return Integer.parseInt(first.substring(first.lastIndexOf(':') + 1));
    }
}
