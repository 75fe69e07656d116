package dev.assent.security;

import dev.assent.settings.SettingsException;
import dev.assent.time.Clock;
import java.security.GeneralSecurityException;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509ExtendedKeyManager;
import javax.net.ssl.X509ExtendedTrustManager;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What a process shows and trusts at the moment. Its managers are for good: what they answer follows the files, which are
 * looked at every {@link #LOOK_SECONDS} s on a thread of its own, so that a file system that hangs costs only the news.
 * Connections that stand are left alone. Thread-safe.
 */
public final class Security implements AutoCloseable {
    /** The only version spoken between parts of ours. */
    public static final String PROTOCOL = "TLSv1.3";

    /** Between two looks at the files. */
    public static final int LOOK_SECONDS = 5;

    /** A session is resumed without its certificates being looked at again for no longer. */
    public static final int RESUMPTION_SECONDS_MAX = 60;

    private static final Logger LOG = LoggerFactory.getLogger(Security.class);
    private static final Duration EXPIRY_NOTICE = Duration.ofDays(7);
    private static final long NOTICE_NANOS = TimeUnit.HOURS.toNanos(12);

    private final CredentialFiles files;
    private final ScheduledExecutorService looking;
    private volatile Held held;

    /** Of the thread that looks only. */
    private Optional<String> complaint = Optional.empty();

    private boolean complained;
    private @Nullable Long noticedNanos;

    /** What is in use, which bytes it was made of, and what was in use before: handshakes under way may still ask for it. */
    record Held(long generation, Credentials credentials, CredentialFiles.Contents contents, Optional<Held> before) {
        /** For the key manager: names one generation. */
        String alias() {
            return "assent-" + generation;
        }

        Optional<Credentials> under(String alias) {
            if (alias().equals(alias)) {
                return Optional.of(credentials);
            }
            return before.filter(earlier -> earlier.alias().equals(alias)).map(Held::credentials);
        }

        private Held next(Credentials fresh, CredentialFiles.Contents from) {
            return new Held(
                    generation + 1,
                    fresh,
                    from,
                    Optional.of(new Held(generation, credentials, contents, Optional.empty())));
        }
    }

    private Security(CredentialFiles files, Held first) {
        this.files = files;
        this.held = first;
        this.looking = Executors.newSingleThreadScheduledExecutor(task -> {
            Thread thread = new Thread(task, "assent-certificates");
            thread.setDaemon(true);
            return thread;
        });
    }

    /**
     * Reads the files and goes on looking at them.
     *
     * @throws SettingsException they cannot be used
     */
    public static Security open(CredentialFiles files) throws SettingsException {
        Security security = new Security(files, first(files));
        Future<?> unused =
                security.looking.scheduleWithFixedDelay(security::look, LOOK_SECONDS, LOOK_SECONDS, TimeUnit.SECONDS);
        security.noticeExpiry();
        return security;
    }

    /** The same for a moment, as a command needs it: the files are read once. */
    public static Security once(CredentialFiles files) throws SettingsException {
        Security security = new Security(files, first(files));
        security.looking.shutdown();
        return security;
    }

    private static Held first(CredentialFiles files) throws SettingsException {
        CredentialFiles.Contents contents = CredentialFiles.Contents.of(files);
        return new Held(0, files.load(contents), contents, Optional.empty());
    }

    private void look() {
        try {
            reload();
            noticeExpiry();
        } catch (RuntimeException | Error e) {
            // Nothing may end the looking: a certificate would expire in a process that never learns of its successor.
            LOG.error("the certificate files could not be looked at; they are again in {} s", LOOK_SECONDS, e);
        }
    }

    /** Looks at the files once; what they say from now on is what counts. */
    synchronized void reload() {
        try {
            CredentialFiles.Contents contents = CredentialFiles.Contents.of(files);
            Held now = held;
            if (!contents.sameAs(now.contents())) {
                Credentials fresh = files.load(contents);
                held = now.next(fresh, contents);
                LOG.info(
                        "new certificate in use: {}, valid until {}",
                        fresh.own().getSubjectX500Principal().getName(),
                        fresh.own().getNotAfter().toInstant());
            }
            complaint = Optional.empty();
            complained = false;
        } catch (SettingsException e) {
            complain(String.valueOf(e.getMessage()));
        }
    }

    /** Files that are being replaced fit together again at the next look; of others it is said once. */
    private void complain(String reason) {
        boolean again = complaint.equals(Optional.of(reason));
        if (again && !complained) {
            complained = true;
            LOG.warn(
                    "the changed certificate files are not used, the last good ones stay in use until {}: {}",
                    own().getNotAfter().toInstant(),
                    reason);
        } else if (!again) {
            complained = false;
        }
        complaint = Optional.of(reason);
    }

    private void noticeExpiry() {
        Duration left = Duration.between(
                Instant.ofEpochMilli(Clock.SYSTEM.epochMillis()),
                own().getNotAfter().toInstant());
        long now = Clock.SYSTEM.nanos();
        Long last = noticedNanos;
        if (left.compareTo(EXPIRY_NOTICE) < 0 && (last == null || now - last > NOTICE_NANOS)) {
            noticedNanos = now;
            LOG.warn(
                    "the certificate {} expires at {}: put a new one into {}, it is taken up without a restart",
                    own().getSubjectX500Principal().getName(),
                    own().getNotAfter().toInstant(),
                    files.paths());
        }
    }

    /** The certificate that is shown at the moment. */
    public X509Certificate own() {
        return held.credentials().own();
    }

    /** Shows the certificate of the moment. */
    public X509ExtendedKeyManager keyManager() {
        return new CurrentKey(() -> held);
    }

    /** Trusts whom the files of the moment trust, if {@code rule} does too. */
    public X509ExtendedTrustManager trustManager(PeerRule rule) {
        return trustManager(rule, refused -> {});
    }

    /** The same for libraries that do not say themselves whom they refuse; {@code refused} takes the reason. */
    public X509ExtendedTrustManager trustManager(PeerRule rule, Consumer<String> refused) {
        return new CurrentTrust(() -> held, rule, refused);
    }

    /** For libraries that take the JDK's own context; they must ask for TLS 1.3, and for the client's certificate. */
    public SSLContext context(PeerRule rule) {
        try {
            SSLContext context = SSLContext.getInstance(PROTOCOL);
            context.init(new KeyManager[] {keyManager()}, new TrustManager[] {trustManager(rule)}, null);
            context.getServerSessionContext().setSessionTimeout(RESUMPTION_SECONDS_MAX);
            context.getClientSessionContext().setSessionTimeout(RESUMPTION_SECONDS_MAX);
            return context;
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("this JDK does not speak " + PROTOCOL, e);
        }
    }

    @Override
    public void close() {
        looking.shutdownNow();
    }
}
