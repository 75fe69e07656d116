package dev.assent.admin;

import com.sun.net.httpserver.HttpServer;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsParameters;
import com.sun.net.httpserver.HttpsServer;
import dev.assent.admin.login.Gate;
import dev.assent.admin.traces.KeptTraces;
import dev.assent.event.EventSource;
import dev.assent.event.Subscription;
import dev.assent.metrics.ProcessMetrics;
import dev.assent.security.PeerRule;
import dev.assent.security.Security;
import dev.assent.settings.SettingsException;
import dev.assent.time.Clock;
import dev.assent.traces.AssentTraces;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;

/** Serves the admin API of one process, from {@link #start} to {@link #close}. Thread-safe. */
public final class AdminServer implements AutoCloseable {
    /** A request that is not read, answered and taken in this time is cut off. */
    public static final int ANSWER_SECONDS_MAX = 10;

    private static final int BACKLOG = 64;

    private final Listening listening;
    private final AdminSource source;
    private final RequestThreads threads;
    private final EventStreams streams;
    private final Moments moments;
    private final Orders orders;
    private final Requests requests;
    private final ProcessMetrics metrics;
    private final Optional<AssentTraces> traces;
    private final List<Subscription> subscriptions = new ArrayList<>();

    /** What is open for it. */
    private record Listening(HttpServer server, Gate gate, Optional<Security> security) {
        void close() {
            server.stop(0);
            gate.close();
            security.ifPresent(Security::close);
        }
    }

    private AdminServer(
            Listening listening,
            AdminSource source,
            List<EventSource> events,
            ProcessMetrics metrics,
            Optional<KeptTraces> kept,
            long answerMillisMax) {
        Clock clock = Clock.SYSTEM;
        this.listening = listening;
        this.source = source;
        this.metrics = metrics;
        this.threads = new RequestThreads(
                clock, answerMillisMax, EventStreams.STREAMS_MAX + Orders.THREADS + Orders.WAITING_MAX);
        this.streams = new EventStreams(events, threads, clock);
        this.orders = new Orders(clock, Math.min(Orders.PATIENCE_MILLIS, answerMillisMax / 2));
        Recent recent = new Recent(source);
        LastEvents last = new LastEvents();
        this.moments = new Moments(source, clock);
        this.requests = new Requests(
                listening.gate(),
                new Pages(source, recent, last, moments, kept, clock),
                streams,
                metrics,
                new OrderPages(source, orders));
        for (EventSource one : events) {
            subscriptions.add(one.subscribe("assent-admin-past", EventSource.CAPACITY, last));
            subscriptions.add(one.subscribe("assent-admin-recent", EventSource.CAPACITY, recent));
            metrics.listenTo(one);
        }
        this.traces = kept.map(keeper -> AssentTraces.begin(keeper.telemetry(), events.toArray(EventSource[]::new)));
    }

    /**
     * Listens, and hears events from now on.
     *
     * @param metrics of the process; closed with this
     * @throws IOException the address cannot be listened on, or its files not be used; the message names the remedy
     */
    public static AdminServer start(
            AdminConfig config, AdminSource source, List<EventSource> events, ProcessMetrics metrics)
            throws IOException {
        return start(config, source, events, metrics, TimeUnit.SECONDS.toMillis(ANSWER_SECONDS_MAX));
    }

    /** The same with another patience. */
    static AdminServer start(
            AdminConfig config,
            AdminSource source,
            List<EventSource> events,
            ProcessMetrics metrics,
            long answerMillisMax)
            throws IOException {
        try {
            Optional<KeptTraces> kept = config.tracesKept() > 0
                    ? Optional.of(new KeptTraces(source.name(), config.tracesKept()))
                    : Optional.empty();
            AdminServer admin = new AdminServer(listen(config), source, events, metrics, kept, answerMillisMax);
            admin.begin();
            return admin;
        } catch (IOException unusable) {
            metrics.close();
            source.close();
            throw unusable;
        }
    }

    private static Listening listen(AdminConfig config) throws IOException {
        Optional<Security> security = Optional.empty();
        HttpServer server = null;
        try {
            security = config.access().tls().isPresent()
                    ? Optional.of(Security.open(config.access().tls().get()))
                    : Optional.empty();
            server = bind(config, security);
            return new Listening(server, Gate.open(config.access(), config.address(), Clock.SYSTEM), security);
        } catch (SettingsException | IOException unusable) {
            security.ifPresent(Security::close);
            if (server != null) {
                server.stop(0);
            }
            throw unusable instanceof IOException io ? io : new IOException(unusable.getMessage(), unusable);
        }
    }

    private static HttpServer bind(AdminConfig config, Optional<Security> security) throws IOException {
        ConnectionBounds.setIn(System.getProperties());
        try {
            return security.isPresent()
                    ? secured(HttpsServer.create(config.address(), BACKLOG), security.get())
                    : HttpServer.create(config.address(), BACKLOG);
        } catch (IOException taken) {
            throw new IOException(
                    "cannot listen on " + config.address() + " for the admin API: " + taken.getMessage()
                            + ". Choose another port, or 0 for any free one, or switch it off.",
                    taken);
        }
    }

    /** Whoever calls shows a token, not a certificate: browsers have none of ours. */
    private static HttpServer secured(HttpsServer server, Security security) {
        SSLContext context = security.context(PeerRule.anyone());
        server.setHttpsConfigurator(new HttpsConfigurator(context) {
            @Override
            public void configure(HttpsParameters handshake) {
                SSLParameters wanted = context.getDefaultSSLParameters();
                wanted.setProtocols(new String[] {Security.PROTOCOL});
                handshake.setSSLParameters(wanted);
            }
        });
        return server;
    }

    private void begin() {
        HttpServer server = listening.server();
        server.setExecutor(threads);
        server.createContext("/", requests::handle);
        server.start();
        moments.begin();
    }

    /** Where it listens. */
    public String url() {
        InetSocketAddress bound = listening.server().getAddress();
        String host = bound.getAddress().getHostAddress();
        return (listening.security().isPresent() ? "https" : "http") + "://"
                + (host.indexOf(':') < 0 ? host : "[" + host + "]") + ":" + bound.getPort();
    }

    @Override
    public void close() {
        subscriptions.forEach(Subscription::close);
        traces.ifPresent(AssentTraces::close);
        moments.close();
        streams.close();
        threads.close();
        orders.close();
        listening.close();
        source.close();
        metrics.close();
    }
}
