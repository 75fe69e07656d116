package dev.assent.admin.login;

import static org.assertj.core.api.Assertions.assertThat;

import dev.assent.time.Clock;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class GateTest {
    private static final String JSON = "application/json; charset=utf-8";

    private final AtomicLong nowMillis = new AtomicLong(1_000_000);
    private final Clock clock = new Clock() {
        @Override
        public long epochMillis() {
            return nowMillis.get();
        }

        @Override
        public long nanos() {
            return nowMillis.get() * 1_000_000;
        }
    };
    private final Token operator = Token.fresh(new SecureRandom());
    private final Gate local = new Gate(
            "http",
            new KnownHosts(true, Set.of("node.example")),
            Optional.empty(),
            Optional.of(new TokenLine("operator", AdminRole.OPERATE, operator.sha256())),
            clock);

    private static InetAddress address(String text) {
        try {
            return InetAddress.getByName(text);
        } catch (UnknownHostException none) {
            throw new IllegalArgumentException(none);
        }
    }

    /** A request, as a script on this machine sends it. */
    private record Request(Head head) {
        static Request read() {
            return new Request(new Head(
                    "GET",
                    Head.Area.KNOWLEDGE,
                    address("127.0.0.1"),
                    Optional.of("127.0.0.1:7480"),
                    Optional.empty(),
                    Optional.empty(),
                    List.of(),
                    Optional.empty()));
        }

        static Request act(String secret) {
            return read().with("POST", Head.Area.ACTION, JSON).authorized("Bearer " + secret);
        }

        Request with(String method, Head.Area area, String type) {
            return new Request(new Head(
                    method,
                    area,
                    head.from(),
                    head.host(),
                    head.origin(),
                    head.fetchSite(),
                    head.authorization(),
                    Optional.of(type)));
        }

        Request authorized(String... headers) {
            return new Request(new Head(
                    head.method(),
                    head.area(),
                    head.from(),
                    head.host(),
                    head.origin(),
                    head.fetchSite(),
                    List.of(headers),
                    head.contentType()));
        }

        Request from(String address) {
            return new Request(new Head(
                    head.method(),
                    head.area(),
                    address(address),
                    head.host(),
                    head.origin(),
                    head.fetchSite(),
                    head.authorization(),
                    head.contentType()));
        }

        Request to(String host) {
            return new Request(new Head(
                    head.method(),
                    head.area(),
                    head.from(),
                    Optional.of(host),
                    head.origin(),
                    head.fetchSite(),
                    head.authorization(),
                    head.contentType()));
        }

        Request byPage(String origin, String site) {
            return new Request(new Head(
                    head.method(),
                    head.area(),
                    head.from(),
                    head.host(),
                    Optional.of(origin).filter(text -> !text.isEmpty()),
                    Optional.of(site).filter(text -> !text.isEmpty()),
                    head.authorization(),
                    head.contentType()));
        }
    }

    private static Optional<Refusal> refusal(Gate gate, Request request) {
        return gate.judge(request.head()) instanceof Gate.Verdict.Refused refused
                ? Optional.of(refused.why())
                : Optional.empty();
    }

    private void isAdmitted(Request request) {
        assertThat(refusal(local, request)).isEmpty();
    }

    private void isRefused(Refusal why, Request request) {
        assertThat(refusal(local, request)).contains(why);
    }

    @Test
    void without_tokens_everybody_here_reads_and_only_the_operators_token_acts() {
        isAdmitted(Request.read());
        isAdmitted(Request.act(operator.secret()));
        isRefused(Refusal.NO_TOKEN, Request.act("").authorized());
        isRefused(
                Refusal.WRONG_TOKEN, Request.act(Token.fresh(new SecureRandom()).secret()));
        isRefused(Refusal.METHOD, Request.act(operator.secret()).with("PUT", Head.Area.ACTION, JSON));
        isRefused(Refusal.METHOD, Request.read().with("POST", Head.Area.KNOWLEDGE, JSON));
    }

    @Test
    void a_token_counts_as_a_bearers_and_in_no_other_way() {
        isRefused(Refusal.NO_TOKEN, Request.act("").authorized("Basic " + operator.secret()));
        isRefused(Refusal.NO_TOKEN, Request.act("").authorized(operator.secret()));
        isRefused(
                Refusal.NO_TOKEN,
                Request.act("").authorized("Bearer " + operator.secret(), "Bearer " + operator.secret()));
        isRefused(Refusal.WRONG_TOKEN, Request.act(operator.secret() + "x"));
        isRefused(Refusal.WRONG_TOKEN, Request.act(operator.sha256()));
        isAdmitted(Request.act("").authorized("bearer  " + operator.secret()));
    }

    @Test
    void what_somebody_elses_page_has_a_browser_send_is_refused_even_with_a_token() {
        Request act = Request.act(operator.secret());
        isAdmitted(act.byPage("http://127.0.0.1:7480", "same-origin"));
        isRefused(Refusal.FOREIGN_PAGE, act.byPage("http://evil.example", ""));
        isRefused(Refusal.FOREIGN_PAGE, act.byPage("http://127.0.0.1:9999", "same-site"));
        isRefused(Refusal.FOREIGN_PAGE, act.byPage("https://127.0.0.1:7480", ""));
        isRefused(Refusal.FOREIGN_PAGE, act.byPage("null", ""));
        isRefused(Refusal.FOREIGN_PAGE, Request.read().byPage("", "cross-site"));
        isRefused(Refusal.CONTENT_TYPE, act.with("POST", Head.Area.ACTION, "text/plain"));
        isRefused(Refusal.CONTENT_TYPE, act.with("POST", Head.Area.ACTION, "application/x-www-form-urlencoded"));
        isRefused(Refusal.CONTENT_TYPE, act.with("POST", Head.Area.ACTION, "application/json-seq"));
    }

    @Test
    void a_name_that_was_made_to_lead_here_is_refused() {
        Request act = Request.act(operator.secret());
        isRefused(Refusal.HOST, act.to("evil.example:7480"));
        isRefused(Refusal.HOST, act.to("127.0.0.1.evil.example"));
        isRefused(Refusal.HOST, act.to("localhost.evil.example"));
        isRefused(Refusal.HOST, act.to("10.1.2.3"));
        isRefused(Refusal.HOST, act.to(""));
        isAdmitted(act.to("LocalHost:7480"));
        isAdmitted(act.to("[::1]:7480"));
        isAdmitted(act.to("Node.Example:7480"));
        assertThat(new KnownHosts(false, Set.of()).knows(Optional.of("10.1.2.3:7480")))
                .isTrue();
        assertThat(new KnownHosts(false, Set.of()).knows(Optional.of("[fe80::1]:7480")))
                .isTrue();
        assertThat(new KnownHosts(false, Set.of()).knows(Optional.of("node.example")))
                .isFalse();
    }

    private Request guess(int number) {
        return Request.act(operator.secret().substring(0, 7) + "x".repeat(40) + (100 + number));
    }

    @Test
    void guessing_is_cut_off_for_its_address_and_for_no_other() {
        for (int i = 0; i < FailedLogins.BURST; i++) {
            isRefused(Refusal.WRONG_TOKEN, guess(i).from("192.0.2.1"));
        }

        isRefused(Refusal.TOO_MANY, guess(99).from("192.0.2.1"));
        isRefused(Refusal.TOO_MANY, Request.act(operator.secret()).from("192.0.2.1"));
        isAdmitted(Request.read().from("192.0.2.1"));
        isAdmitted(Request.act(operator.secret()).from("192.0.2.2"));
        nowMillis.addAndGet(FailedLogins.REFILL_MILLIS);
        isAdmitted(Request.act(operator.secret()).from("192.0.2.1"));
    }

    @Test
    void on_this_machine_somebody_who_guesses_shuts_out_nobody_else() {
        for (int i = 0; i < FailedLogins.BURST; i++) {
            isRefused(Refusal.WRONG_TOKEN, guess(i));
        }

        isRefused(Refusal.TOO_MANY, guess(99));
        isAdmitted(Request.act(operator.secret()));
        isRefused(Refusal.TOO_MANY, guess(98));
    }

    @Test
    void a_token_that_was_taken_out_is_not_admitted_any_more_for_who_came_in_with_it(@TempDir Path folder)
            throws Exception {
        Path file = folder.resolve("admin.tokens");
        SecretFile.append(file, new TokenLine("ann", AdminRole.READ, operator.sha256()));
        Tokens tokens = Tokens.open(file);
        Head head = Request.read().authorized("Bearer " + operator.secret()).head();
        try (Gate gate =
                new Gate("http", new KnownHosts(true, Set.of()), Optional.of(tokens), Optional.empty(), clock)) {
            assertThat(gate.judge(head)).isInstanceOf(Gate.Verdict.Admitted.class);
            assertThat(gate.isStillAdmitted(head)).isTrue();
            Files.writeString(file, "");
            tokens.reload();

            assertThat(gate.isStillAdmitted(head)).isFalse();
            assertThat(local.isStillAdmitted(Request.read().head()))
                    .as("where none is needed")
                    .isTrue();
        }
    }

    @Test
    void an_old_token_that_a_script_goes_on_sending_shuts_nobody_out() {
        for (int i = 0; i < 10 * FailedLogins.BURST; i++) {
            isRefused(Refusal.WRONG_TOKEN, guess(7));
        }

        isAdmitted(Request.act(operator.secret()));
    }

    @Test
    void many_addresses_cost_bounded_memory_and_a_network_of_ipv6_is_one() {
        FailedLogins failed = new FailedLogins(clock);
        for (int i = 0; i < 3 * FailedLogins.ADDRESSES_MAX; i++) {
            failed.failed(address("10.1." + i / 256 + "." + i % 256), "guess");
        }
        for (int i = 0; i < FailedLogins.BURST; i++) {
            failed.failed(address("2001:db8::" + i), "guess" + i);
        }

        assertThat(failed.remembered()).isEqualTo(FailedLogins.ADDRESSES_MAX);
        assertThat(failed.isBlocked(address("2001:db8::ffff"))).isTrue();
        assertThat(failed.isBlocked(address("2001:db8:0:1::1"))).isFalse();
    }
}
