package dev.assent.shop.service;

import dev.assent.store.SessionListener;
import dev.assent.store.StoreCode;
import dev.assent.store.StoreConfig;
import dev.assent.store.StoreException;
import dev.assent.store.StoreOp;
import dev.assent.store.StoreSession;
import dev.assent.store.StoreWatch;
import dev.assent.time.Backoff;
import java.io.Closeable;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Who serves where: an ephemeral znode for each process of a service, below {@code /shop/services/<service>}, with its address.
 * It goes with the process's session, and is made again with the next one. What was last read is believed while the store
 * is away. Thread-safe; the store is spoken with on a thread of its own.
 */
public final class ServiceRegistry implements Closeable {
    /** Of one service; those beyond are not called. */
    static final int INSTANCES_MAX = 64;

    private static final Logger LOG = LoggerFactory.getLogger(ServiceRegistry.class);
    private static final List<String> ROOT = List.of("/shop", "/shop/services");
    private static final Backoff PAUSES = new Backoff(200, 5_000);

    private final StoreSession session;
    private final ScheduledExecutorService thread =
            Executors.newSingleThreadScheduledExecutor(task -> new Thread(task, "service-registry"));
    private final List<Task> tasks = new ArrayList<>();

    /** Something to be done in each session anew, and when what was read changes. */
    @FunctionalInterface
    private interface Task {
        void run() throws IOException;
    }

    private ServiceRegistry(StoreSession session) {
        this.session = session;
    }

    /**
     * Over a session of its own.
     *
     * @throws IOException no server of the store answered in time
     */
    public static ServiceRegistry open(StoreConfig store) throws IOException {
        ServiceRegistry registry = new ServiceRegistry(StoreSession.open(store));
        registry.session.listen(new SessionListener() {
            @Override
            public void connected(long session) {
                registry.again();
            }
        });
        return registry;
    }

    /** From now on this process is found at {@code url}, until it closes or is silent for too long. */
    public void register(String service, String instance, String url) {
        begin(() -> {
            String path = folder(service) + "/" + instance;
            StoreOp.Create create = StoreOp.Create.ephemeral(path, url.getBytes(StandardCharsets.UTF_8));
            try {
                Void unused = session.await(session.create(create), "registering " + path);
            } catch (StoreException refused) {
                replace(create, refused);
            }
        });
    }

    /** Whatever is there is of an earlier session of this same instance, whose end the store has yet to notice. */
    private void replace(StoreOp.Create create, StoreException refused) throws IOException {
        if (!refused.is(StoreCode.NODEEXISTS)) {
            throw refused;
        }
        long owner = session.await(session.read(create.path()), "reading " + create.path())
                .stat()
                .owner();
        if (owner != session.sessionId()) {
            Void unused = session.await(
                    session.delete(create.path(), -1).thenCompose(gone -> session.create(create)),
                    "replacing " + create.path());
        }
    }

    /** Tells {@code listener} the addresses of a service's processes, now and whenever they change. */
    public void watch(String service, Consumer<List<String>> listener) {
        Task[] look = new Task[1];
        StoreWatch watch = new StoreWatch(() -> submit(look[0], 1));
        look[0] = () -> {
            String folder = folder(service);
            List<String> urls = new ArrayList<>();
            for (String instance : session.await(session.children(folder, watch), "listing " + folder).stream()
                    .sorted()
                    .limit(INSTANCES_MAX)
                    .toList()) {
                address(folder + "/" + instance, urls);
            }
            listener.accept(List.copyOf(urls));
        };
        begin(look[0]);
    }

    /** Unless it has gone meanwhile, of which the watch tells. */
    private void address(String path, List<String> urls) throws IOException {
        try {
            urls.add(new String(
                    session.await(session.read(path), "reading " + path).data(), StandardCharsets.UTF_8));
        } catch (StoreException gone) {
            if (!gone.is(StoreCode.NONODE)) {
                throw gone;
            }
        }
    }

    private String folder(String service) throws IOException {
        String folder = ROOT.get(1) + "/" + service;
        for (String path : List.of(ROOT.get(0), ROOT.get(1), folder)) {
            try {
                Void unused = session.await(session.create(path, new byte[0]), "making " + path);
            } catch (StoreException there) {
                if (!there.is(StoreCode.NODEEXISTS)) {
                    throw there;
                }
            }
        }
        return folder;
    }

    private void begin(Task task) {
        synchronized (tasks) {
            tasks.add(task);
        }
        submit(task, 1);
    }

    /** With a connection, which may be of a new session. */
    private void again() {
        List<Task> all;
        synchronized (tasks) {
            all = List.copyOf(tasks);
        }
        all.forEach(task -> submit(task, 1));
    }

    private void submit(Task task, int attempt) {
        if (!thread.isShutdown()) {
            Future<?> unused = thread.submit(() -> run(task, attempt));
        }
    }

    /** The thread's boundary. */
    private void run(Task task, int attempt) {
        try {
            task.run();
        } catch (IOException | RuntimeException away) {
            LOG.warn("the service registry is asked again in {} ms: {}", PAUSES.pauseMillis(attempt), away.toString());
            if (!thread.isShutdown()) {
                Future<?> unused = thread.schedule(
                        () -> run(task, attempt + 1), PAUSES.pauseMillis(attempt), TimeUnit.MILLISECONDS);
            }
        }
    }

    /** This process is not found any more. */
    @Override
    public void close() {
        thread.shutdownNow();
        session.close();
    }
}
