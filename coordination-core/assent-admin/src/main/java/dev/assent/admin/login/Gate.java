package dev.assent.admin.login;

import dev.assent.settings.SettingsException;
import dev.assent.time.Clock;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Judges requests by their heads. No cookie is ever made or read, so that a browser sends nothing by itself that would let
 * anybody in; what a foreign page has it send all the same is refused by its origin. Thread-safe.
 */
public final class Gate implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Gate.class);
    private static final String BEARER = "Bearer ";
    private static final Map<Head.Area, Set<String>> METHODS = Map.of(
            Head.Area.ACTION,
            Set.of("POST"),
            Head.Area.KNOWLEDGE,
            Set.of("GET"),
            Head.Area.OPEN,
            Set.of("GET", "HEAD"));
    private static final Set<String> OWN_SITES = Set.of("same-origin", "none");

    private final String scheme;
    private final KnownHosts hosts;
    private final Optional<Tokens> tokens;
    private final List<TokenLine> operator;
    private final Caller anybody;
    private final FailedLogins failed;
    private final Complaints complaints;

    /**
     * Lets in who is known by {@code tokens}, or by the process' own one.
     *
     * @param scheme {@code http} or {@code https}
     * @param tokens empty: everybody may read
     * @param operator the token of a process without others
     */
    Gate(String scheme, KnownHosts hosts, Optional<Tokens> tokens, Optional<TokenLine> operator, Clock clock) {
        this(scheme, hosts, tokens, operator.stream().toList(), Caller.ANYBODY, clock);
    }

    /** {@code anybody}: whoever shows no token where none is needed. */
    private Gate(
            String scheme,
            KnownHosts hosts,
            Optional<Tokens> tokens,
            List<TokenLine> operator,
            Caller anybody,
            Clock clock) {
        this.scheme = scheme;
        this.hosts = hosts;
        this.tokens = tokens;
        this.operator = operator;
        this.anybody = anybody;
        this.failed = new FailedLogins(clock);
        this.complaints = new Complaints(clock);
    }

    /**
     * Opens what {@code access} names, and says who may act.
     *
     * @throws SettingsException the file of tokens cannot be used
     */
    public static Gate open(Access access, InetSocketAddress listening, Clock clock) throws SettingsException {
        Set<String> names = new TreeSet<>(access.hosts());
        names.add(listening.getHostString().toLowerCase(Locale.ROOT));
        Optional<TokenLine> operator = access.tokens().isPresent() ? Optional.empty() : operator(access);
        Optional<Tokens> tokens = access.tokens().isPresent()
                ? Optional.of(Tokens.open(access.tokens().get()))
                : Optional.empty();
        if (!listening.getAddress().isLoopbackAddress()
                && (tokens.isEmpty() || access.tls().isEmpty())) {
            LOG.warn(
                    "the admin API can be reached from other machines {}{}, as insecure says",
                    tokens.isEmpty() ? "WITHOUT a login " : "",
                    access.tls().isEmpty() ? "WITHOUT encryption" : "");
        }
        return new Gate(
                access.tls().isPresent() ? "https" : "http", KnownHosts.of(listening, names), tokens, operator, clock);
    }

    /**
     * The gate of a demonstration, whose system is nobody's: whoever is on this machine acts without a token. Other machines,
     * and pages of others in a browser of this one, are kept out as ever.
     *
     * @throws IllegalArgumentException the address is not of the loopback interface
     */
    public static Gate ofDemonstration(InetSocketAddress listening, Clock clock) {
        if (!listening.getAddress().isLoopbackAddress()) {
            throw new IllegalArgumentException("a demonstration is shown on this machine only, not at " + listening);
        }
        return new Gate(
                "http",
                KnownHosts.of(listening, Set.of()),
                Optional.empty(),
                List.of(),
                new Caller(Optional.of("this machine"), AdminRole.OPERATE),
                clock);
    }

    /** A process that has none acts for nobody, and goes on. */
    private static Optional<TokenLine> operator(Access access) {
        if (access.operatorToken().isEmpty()) {
            return Optional.empty();
        }
        Path file = access.operatorToken().get();
        try {
            TokenLine line = OperatorToken.prepare(file);
            LOG.info("who acts through the admin API shows the token that stands in {}", file);
            return Optional.of(line);
        } catch (IOException unusable) {
            LOG.warn(
                    "nobody can act through the admin API, as there is no token for it: {}. Mend that, or name a file"
                            + " of tokens in admin.tokens",
                    unusable.toString());
            return Optional.empty();
        }
    }

    /** What is answered to a head. */
    public sealed interface Verdict {
        /** It may go on. */
        record Admitted(Caller caller) implements Verdict {}

        /** It may not. */
        record Refused(Refusal why) implements Verdict {}
    }

    /** Whether the request may go on; a refusal has been logged. */
    public Verdict judge(Head head) {
        Verdict verdict = verdict(head);
        if (verdict instanceof Verdict.Refused refused) {
            complaints.refused(refused.why(), head.from());
        }
        return verdict;
    }

    /** One that is refused for what comes after its head. */
    public Refusal refuse(Refusal why, Head head) {
        complaints.refused(why, head.from());
        return why;
    }

    /** Whether who shows no token is turned away from what the process knows. */
    public boolean isLoginNeeded() {
        return tokens.isPresent();
    }

    /** Whether who was admitted with that head to what the process knows still is: lines are taken out of the file. */
    public boolean isStillAdmitted(Head head) {
        return tokens.isEmpty() || owner(head.authorization().get(0)).isPresent();
    }

    private Verdict verdict(Head head) {
        if (!Objects.requireNonNull(METHODS.get(head.area())).contains(head.method())) {
            return refused(Refusal.METHOD);
        }
        if (!hosts.knows(head.host())) {
            return refused(Refusal.HOST);
        }
        if (head.area() == Head.Area.OPEN) {
            return new Verdict.Admitted(Caller.ANYBODY);
        }
        if (isForeign(head)) {
            return refused(Refusal.FOREIGN_PAGE);
        }
        Verdict login = login(head);
        if (head.area() == Head.Area.KNOWLEDGE || !(login instanceof Verdict.Admitted admitted)) {
            return login;
        }
        return action(head, admitted.caller());
    }

    private static Verdict refused(Refusal why) {
        return new Verdict.Refused(why);
    }

    private boolean isForeign(Head head) {
        boolean foreignOrigin = head.origin()
                .filter(origin ->
                        !origin.equalsIgnoreCase(scheme + "://" + head.host().orElseThrow()))
                .isPresent();
        return foreignOrigin
                || head.fetchSite().filter(site -> !OWN_SITES.contains(site)).isPresent();
    }

    private Verdict login(Head head) {
        if (head.authorization().isEmpty()) {
            return tokens.isPresent() ? refused(Refusal.NO_TOKEN) : new Verdict.Admitted(anybody);
        }
        boolean isBlocked = failed.isBlocked(head.from());
        if (isBlocked && !head.from().isLoopbackAddress()) {
            return refused(Refusal.TOO_MANY);
        }
        String shown = head.authorization().get(0);
        if (head.authorization().size() > 1 || !shown.regionMatches(true, 0, BEARER, 0, BEARER.length())) {
            return refused(Refusal.NO_TOKEN);
        }
        Optional<Caller> owner = owner(shown);
        if (owner.isEmpty() && isBlocked) {
            return refused(Refusal.TOO_MANY);
        }
        if (owner.isEmpty()) {
            failed.failed(head.from(), Token.sha256(secret(shown)));
            return refused(Refusal.WRONG_TOKEN);
        }
        return new Verdict.Admitted(owner.get());
    }

    private Optional<Caller> owner(String shown) {
        String secret = secret(shown);
        if (!Token.isWellFormed(secret)) {
            return Optional.empty();
        }
        String digest = Token.sha256(secret);
        return tokens.flatMap(known -> known.owner(digest)).or(() -> Tokens.owner(operator, digest));
    }

    private static String secret(String shown) {
        return shown.substring(BEARER.length()).strip();
    }

    private static Verdict action(Head head, Caller caller) {
        if (caller.name().isEmpty()) {
            return refused(Refusal.NO_TOKEN);
        }
        if (caller.role() != AdminRole.OPERATE) {
            return refused(Refusal.ROLE);
        }
        // What a form can send without asking first is no JSON.
        boolean isJson = head.contentType()
                .map(type -> type.replaceFirst(";.*", "").strip())
                .filter("application/json"::equalsIgnoreCase)
                .isPresent();
        return isJson ? new Verdict.Admitted(caller) : refused(Refusal.CONTENT_TYPE);
    }

    @Override
    public void close() {
        tokens.ifPresent(Tokens::close);
    }
}
