package dev.assent.coordination.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.assent.coordination.server.config.ServerConfig;
import dev.assent.event.Event;
import dev.assent.event.EventListener;
import dev.assent.event.EventStream;
import dev.assent.event.MemberEvent;
import dev.assent.event.SessionEvent;
import dev.assent.event.Subscription;
import dev.assent.event.Told;
import dev.assent.time.Clock;
import java.nio.file.Path;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.apache.zookeeper.CreateMode;
import org.apache.zookeeper.Watcher;
import org.apache.zookeeper.ZooDefs;
import org.apache.zookeeper.ZooKeeper;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@SuppressWarnings("try") // a subscription is held, not used
@Timeout(240)
class ServerEventsTest {
    @TempDir
    Path folder;

    private final BlockingQueue<Event> heard = new LinkedBlockingQueue<>();

    private final EventListener recorder = new EventListener() {
        @Override
        public void heard(Told told) {
            heard.add(told.event());
        }

        @Override
        public void missed(long events) {
            throw new AssertionError("missed " + events);
        }
    };

    private <E extends Event> E next(Class<E> kind) throws InterruptedException {
        while (true) {
            Event event = heard.poll(120, TimeUnit.SECONDS);
            assertThat(event).as("the next %s", kind.getSimpleName()).isNotNull();
            if (kind.isInstance(event)) {
                return kind.cast(event);
            }
        }
    }

    @Test
    void sessions_and_syncs_of_the_log_are_told() throws Exception {
        try (CoordinationServer server = CoordinationServer.start(ServerConfig.standalone(folder, 0));
                Subscription subscription = server.events().subscribe("test", 10_000, recorder)) {
            CountDownLatch connected = new CountDownLatch(1);
            ZooKeeper client = new ZooKeeper(server.connectString(), 20_000, event -> {
                if (event.getState() == Watcher.Event.KeeperState.SyncConnected) {
                    connected.countDown();
                }
            });
            connected.await();
            SessionEvent.Opened opened = next(SessionEvent.Opened.class);
            client.create("/a", new byte[0], ZooDefs.Ids.OPEN_ACL_UNSAFE, CreateMode.PERSISTENT);

            assertThat(next(MemberEvent.Synced.class).nanos()).isPositive();
            assertThat(server.counts().clients().sessions()).isEqualTo(1);
            client.close();

            assertThat(next(SessionEvent.Ended.class).session()).isEqualTo(opened.session());
        }
    }

    @Test
    void whoever_serves_is_told_as_what() throws Exception {
        MemberEvent.Serving serving = null;
        BlockingQueue<ServerStatus> roles = new LinkedBlockingQueue<>();
        try (CoordinationServer server = CoordinationServer.start(ServerConfig.standalone(folder, 0), roles::add)) {
            while (!server.status().serving()) {
                assertThat(roles.poll(120, TimeUnit.SECONDS)).isNotNull();
            }
            EventStream stream = new EventStream(Clock.SYSTEM);
            ServerStatus now = server.status();
            MemberNews news = new MemberNews(
                    stream,
                    Clock.SYSTEM,
                    new ServerStatus(now.self(), true, now.role(), now.epoch(), now.leader(), false, now.zxid()));
            try (Subscription subscription = stream.subscribe("test", 10, recorder)) {
                news.is(now);
                serving = next(MemberEvent.Serving.class);
            }
        }

        assertThat(serving.role()).isEqualTo(MemberEvent.Role.STANDALONE);
        assertThat(serving.leader()).isEqualTo(serving.server());
        assertThat(serving.lookingNanos()).isPositive();
    }
}
