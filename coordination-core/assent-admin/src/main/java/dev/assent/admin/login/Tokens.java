package dev.assent.admin.login;

import dev.assent.settings.SettingsException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The tokens of a file, one a line as {@link TokenLine} has it; lines that begin with {@code #} say nothing. The file is
 * looked at every {@link #LOOK_SECONDS} s on a thread of its own; one that cannot be used leaves the last good tokens in
 * use, and is told. Thread-safe.
 */
public final class Tokens implements AutoCloseable {
    /** Between two looks at the file. */
    public static final int LOOK_SECONDS = 5;

    public static final int LINES_MAX = 1_000;

    private static final Logger LOG = LoggerFactory.getLogger(Tokens.class);

    private final Path file;
    private final ScheduledExecutorService looking;
    private volatile List<TokenLine> lines;
    /** Of the thread that looks only. */
    private String complaint = "";

    private Tokens(Path file, List<TokenLine> lines) {
        this.file = file;
        this.lines = lines;
        this.looking = Executors.newSingleThreadScheduledExecutor(task -> {
            Thread thread = new Thread(task, "assent-admin-tokens");
            thread.setDaemon(true);
            return thread;
        });
    }

    /**
     * Reads the file and goes on looking at it.
     *
     * @throws SettingsException it cannot be used
     */
    public static Tokens open(Path file) throws SettingsException {
        Tokens tokens = new Tokens(file, check(file));
        Future<?> unused =
                tokens.looking.scheduleWithFixedDelay(tokens::look, LOOK_SECONDS, LOOK_SECONDS, TimeUnit.SECONDS);
        return tokens;
    }

    /**
     * Reads the file once.
     *
     * @throws SettingsException it cannot be used
     */
    public static List<TokenLine> check(Path file) throws SettingsException {
        try {
            return read(file);
        } catch (IOException unusable) {
            throw new SettingsException("the tokens of the admin API: " + unusable.getMessage(), unusable);
        }
    }

    private static List<TokenLine> read(Path file) throws IOException {
        List<TokenLine> lines = new ArrayList<>();
        int number = 0;
        for (String line : SecretFile.read(file).lines().toList()) {
            number++;
            if (line.isBlank() || line.charAt(0) == '#') {
                continue;
            }
            int at = number;
            // Not the line itself: somebody may have written the token where its digest belongs.
            lines.add(TokenLine.parse(line)
                    .orElseThrow(() -> new IOException(file + ", line " + at + " is not of the form: name read|operate"
                            + " sha256-in-hexadecimal ('./assent admin token' makes such lines)")));
            if (lines.size() > LINES_MAX) {
                throw new IOException(file + " holds more than " + LINES_MAX + " tokens");
            }
        }
        return List.copyOf(lines);
    }

    /** The boundary of the thread that looks. */
    private void look() {
        try {
            reload();
        } catch (RuntimeException | Error fault) {
            LOG.error("the tokens in {} could not be looked at; they are again in {} s", file, LOOK_SECONDS, fault);
        }
    }

    /** Looks at the file once; what it says from now on is what counts. */
    void reload() {
        try {
            List<TokenLine> now = read(file);
            if (!now.equals(lines)) {
                lines = now;
                LOG.info("{} tokens of {} are in use from now on", now.size(), file);
            }
            complaint = "";
        } catch (IOException unusable) {
            String reason = String.valueOf(unusable.getMessage());
            if (!reason.equals(complaint)) {
                LOG.warn("the changed tokens are not used, the last good ones stay in use: {}", reason);
            }
            complaint = reason;
        }
    }

    /** Whose token has that digest. */
    Optional<Caller> owner(String sha256) {
        return owner(lines, sha256);
    }

    /** Looks at every line, whichever fits, so that the time it takes tells nothing. */
    static Optional<Caller> owner(List<TokenLine> lines, String sha256) {
        byte[] shown = sha256.getBytes(StandardCharsets.US_ASCII);
        Optional<Caller> owner = Optional.empty();
        for (TokenLine line : lines) {
            if (MessageDigest.isEqual(line.sha256().getBytes(StandardCharsets.US_ASCII), shown)) {
                owner = Optional.of(new Caller(Optional.of(line.name()), line.role()));
            }
        }
        return owner;
    }

    @Override
    public void close() {
        looking.shutdownNow();
    }
}
