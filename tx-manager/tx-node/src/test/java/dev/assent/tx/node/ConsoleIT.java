package dev.assent.tx.node;

import static org.assertj.core.api.Assertions.assertThat;

import dev.assent.admin.AdminConfig;
import dev.assent.admin.AdminServer;
import dev.assent.admin.login.Access;
import dev.assent.metrics.ProcessMetrics;
import dev.assent.time.Clock;
import dev.assent.tx.api.GlobalTransaction;
import dev.assent.tx.testing.Browser;
import dev.assent.tx.testing.Eventually;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.openqa.selenium.Keys;

/**
 * The console of a real node with a real database, as a browser shows it. With {@code -Dassent.screenshots=DIRECTORY} it also
 * makes the pictures of docs/console anew.
 */
@SuppressWarnings("try") // a waiter is held, not used
@Timeout(300)
class ConsoleIT {
    private static final long BOARD_MILLIS_MAX = 2_000;
    private static final int TIMES_MAX = 10;

    @TempDir
    private static Path folder;

    private static ConsoleStage stage;
    private static Browser browser;
    private static GlobalTransaction committed;
    private static GlobalTransaction refused;
    private static GlobalTransaction untold;
    private static GlobalTransaction stuck;

    @BeforeAll
    static void start() throws Exception {
        Optional<Browser> started = Browser.start(folder.resolve("profile"), "the console");
        Assumptions.assumeTrue(started.isPresent(), "there is no Chromium here");
        browser = started.get();
        stage = new ConsoleStage(folder);
        stage.failOver();
        committed = stage.committed(2);
        for (int i = 0; i < 5; i++) {
            stage.committed(2);
        }
        refused = stage.refused("only 3 left in stock");
        browser.size(1280, 800);
        browser.open(stage.url() + "/");
        browser.awaitText("#main", "All is well: nothing is prepared.");
        untold = stage.untold();
        stuck = stage.stuck();
    }

    @AfterAll
    static void stop() throws Exception {
        if (browser != null) {
            browser.close();
        }
        if (stage != null) {
            stage.close();
        }
    }

    @BeforeEach
    void beginAtTheBoard() {
        browser.open("about:blank");
        browser.size(1280, 800);
        browser.open(stage.url() + "/");
    }

    private static void page(String hash) {
        browser.run("location.hash = arguments[0]; return true", hash);
    }

    @Test
    void the_board_names_a_prepared_branch_and_who_waits_for_it_within_two_seconds() throws Exception {
        browser.awaitText(".branch", "no decision yet");
        assertThat(browser.text(".branch")).contains("nobody waits for it", "relation account", "Assent, in");
        // A machine that has much else to do holds up the page too, but not each time.
        for (int times = 1; boardMillis() >= BOARD_MILLIS_MAX; times++) {
            assertThat(times).as("times that it took too long").isLessThan(TIMES_MAX);
        }
        try (AutoCloseable waiter = stage.waiter()) {
            browser.awaitText(".branch .waiters", ConsoleStage.WAITER);
            assertThat(browser.text(".branch"))
                    .contains("no decision yet", "UPDATE account SET balance = 0 WHERE id = 1", "deadline in");
            assertThat(browser.run("return document.querySelector('.branch a').title"))
                    .isEqualTo(stuck.id());
            assertThat(browser.text(".figures")).contains("1 prepared", "1 session waits");
            Eventually.soon("the metrics tell the same", () -> Browser.get(stage.url() + "/metrics")
                    .contains("assent_locks_waiters_sessions{database=\"orders\"} 1.0"));
            assertThat(Browser.get(stage.url() + "/metrics"))
                    .containsPattern("assent_locks_held_locks.database=\"orders\". [1-9]");
            picture("in-doubt");
        }
        browser.awaitText(".branch", "nobody waits for it");
    }

    /** From when the database sees a session wait until the board does. */
    private static long boardMillis() throws Exception {
        browser.awaitText(".branch", "nobody waits for it");
        try (AutoCloseable waiter = stage.waiter()) {
            Eventually.soon("the database sees it waiting", () -> isWaiting());
            long begin = Clock.SYSTEM.monotonicMillis();
            browser.awaitText(".branch .waiters", ConsoleStage.WAITER);
            return Clock.SYSTEM.monotonicMillis() - begin;
        }
    }

    private static boolean isWaiting() {
        try {
            return stage.database()
                            .number(
                                    "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND application_name = '"
                                            + ConsoleStage.WAITER + "'")
                    == 1;
        } catch (SQLException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void a_transaction_is_a_waterfall_a_line_and_a_history() throws Exception {
        page("#/transactions/" + committed.id());
        browser.awaitText(".waterfall", "voted prepared");
        browser.awaitText(".facts", "zxid 0x");
        assertThat(browser.text(".waterfall"))
                .contains("orders", "stock", "the decision is written", "ended committed");
        assertThat(browser.count(".waterfall .track")).isEqualTo(3);
        assertThat(browser.count(".waterfall .tick.decision")).isEqualTo(1);
        picture("transaction");

        browser.press("v");
        browser.awaitText("#view", "transaction.decided");
        picture("transaction-history");
        browser.press("v");
        browser.awaitText("#view", "2 of 2 ended");
        assertThat(browser.count(".steps .done")).isEqualTo(6);
        picture("transaction-compact");
        browser.press(Keys.ESCAPE);
        browser.awaitText("h1", "Transactions");

        page("#/transactions/" + untold.id());
        browser.awaitText(".waterfall", "has not ended");
        browser.awaitText(".waterfall .who", "ledger");
        page("#/transactions/" + refused.id());
        browser.awaitText(".facts", "rolled back without one");

        page("#/transactions/" + committed.id().replaceAll("[0-9a-f]{2}$", "ff"));
        browser.awaitText("#main", "This process has no history of it.");
        assertThat(browser.count("#main .note.bad")).isZero();
        page("#/transactions/%");
        browser.awaitText("h1", "Transaction %");
        page("#/in-doubt");
        browser.awaitText(".figures", "1 prepared");
        assertThat(browser.complaints()).as("of what is not there").allMatch(one -> one.contains("/api/transactions/"));
    }

    @Test
    void a_transaction_leads_to_its_trace_and_a_trace_to_its_transaction() throws Exception {
        page("#/transactions/" + committed.id());
        browser.awaitText(".facts", "begins with transaction");
        browser.click(".facts a.id");
        browser.awaitText("h1", "Trace ");
        for (String span : List.of("transaction", "prepare orders", "prepare stock", "decide", "commit stock")) {
            browser.awaitText(".spans", span);
        }
        assertThat(browser.count(".spans .bar.decide")).isEqualTo(1);
        browser.click(".spans summary");
        picture("trace");
        assertThat(browser.text(".spans details[open]")).contains("assent.transaction.outcome", "committed");
        browser.click(".spans details[open] a");
        browser.awaitText("h1", "Transaction ");

        page("#/traces");
        browser.awaitText(".rows", "transaction");
        picture("traces");
    }

    @Test
    void znodes_are_opened_one_by_one_and_tell_their_data_stat_acl_and_watches() throws Exception {
        page("#/znodes");
        browser.awaitText(".tree", "members");
        browser.click("button[aria-label='children of /assent/members']");
        Eventually.within(
                Browser.PATIENCE,
                "the node is listed",
                () -> browser.count(".tree .link") > 5
                        && browser.count("button[aria-label^='children of /assent/members/']") == 1);
        browser.click("button[aria-label^='children of /assent/members/'] + .link");
        browser.awaitText(".znode", "goes with session");
        browser.awaitText(".znode", "left");
        assertThat(browser.text(".znode")).contains("Data", "zxid", "version", "ACL", "world:anyone");
        picture("znodes");
        browser.click("button[aria-label='children of /assent/members'] + .link");
        browser.awaitText(".znode", "session 0x");
        assertThat(browser.complaints()).isEmpty();

        page("#/znodes/%2Fassent%2Fepochs%2Fshards");
        browser.awaitText(".tree [aria-current]", "shards");
        page("#/znodes/%2Fassent%2Fnothing");
        browser.awaitText(".znode", "It is gone, or this node may not read it.");
        assertThat(browser.complaints()).as("of what is not there").allMatch(one -> one.contains("/api/znodes"));
    }

    @Test
    void sagas_are_told_with_their_steps_and_what_hinders_them() throws Exception {
        try (ToySagas unused = stage.sagas()) {
            page("#/sagas");
            browser.awaitText(".rows", "the hotel does not answer");
            assertThat(browser.text(".rows"))
                    .contains("stuck", "the card is not covered", ToySagas.WAITING.text(), "running");
            Eventually.within(
                    Browser.PATIENCE,
                    "the stuck one stands first, though it comes after the other",
                    () -> String.valueOf(browser.run("return document.querySelector('.rows tbody tr').textContent"))
                            .contains(ToySagas.STUCK.text()));
            String list = stage.url() + "/api/sagas?limit=1";
            assertThat(Browser.get(list + "&status=STUCK")).contains(ToySagas.STUCK.text(), "\"whole\":true");
            assertThat(Browser.get(list)).contains(ToySagas.WAITING.text(), "\"next\":\"" + ToySagas.WAITING + "\"");
            assertThat(Browser.get(list + "&after=" + ToySagas.WAITING)).contains(ToySagas.STUCK.text());
            picture("sagas");
            browser.filter("status:stuck");
            browser.awaitText(".rows", ToySagas.STUCK.text());
            Eventually.within(
                    Browser.PATIENCE,
                    "the other one is left out",
                    () -> !browser.says(".rows", ToySagas.WAITING.text()));
            browser.click(".rows td a");
            browser.awaitText(".steps", "its compensation fails");
            assertThat(browser.text("#main"))
                    .contains("pay", "compensated", "has failed 8 times", "on and on")
                    .doesNotContain("three nights", "room 8");
            picture("saga");
            page("#/sagas/" + ToySagas.WAITING.text());
            browser.awaitText(".steps", "done");
            browser.awaitText(".steps", "called");
            assertThat(browser.text(".steps")).contains("book", "send", "not begun");
            page("#/sagas/nobodys");
            browser.awaitText("#main", "There is no saga of that id");
            assertThat(browser.complaints()).as("of what is not there").allMatch(one -> one.contains("/api/sagas/"));
        }
    }

    @Test
    void lists_are_filtered_by_the_same_words_and_a_wrong_one_is_told() throws Exception {
        page("#/transactions");
        browser.awaitText("#main", "are shown of");
        browser.filter("state:committing resource:orders age>0s");
        Eventually.soon(
                "the one is shown", () -> browser.count(".rows tbody tr") == 1 && browser.says(".rows", "ledger"));
        assertThat(browser.run("return document.querySelector('.rows a').title"))
                .isEqualTo(untold.id());
        browser.filter("cause:stock -state:committing");
        browser.awaitText(".rows", "rolled back");
        picture("transactions", "state:ended|committing");
        browser.filter("stat:ended");
        browser.awaitText("#filter-problem", "there is no field 'stat' here");
        Eventually.within(Browser.PATIENCE, "the address holds the filter", () -> String.valueOf(
                        browser.run("return location.hash"))
                .contains("filter=stat"));

        page("#/live");
        browser.awaitText("#main", "listening");
        browser.filter("name:voted vote:rollback");
        browser.awaitText(".rows", "only 3 left in stock");
        GlobalTransaction next = stage.committed(2);
        browser.filter("name=transaction.decided " + next.id());
        browser.awaitText(".rows", "decision COMMIT");
        browser.filter("-session -outbox");
        picture("live");
    }

    @Test
    void the_cluster_is_told_and_the_time_scrubber_replays_a_failover() throws Exception {
        page("#/cluster");
        browser.awaitText("#main", "every shard has a leader");
        for (String told : List.of("left", "standalone", "shards 0-7")) {
            browser.awaitText("#main", told);
        }
        picture("cluster");

        page("#/time");
        browser.awaitText(".points", "right joined");
        browser.awaitText(".points", "right is gone");
        Eventually.within(
                Browser.PATIENCE,
                "a look at the store has seen that the first leads all again",
                () -> browser.says(".then .shards", "left") && !browser.says(".then .shards", "right"));
        for (int steps = 0; !browser.says(".then .shards", "right"); steps++) {
            assertThat(steps).as("turning points gone back to").isLessThan(60);
            browser.press(Keys.ARROW_LEFT);
        }
        for (String told : List.of("Alive: ", "left", "right")) {
            browser.awaitText(".then", told);
        }
        picture("time");
        browser.press(Keys.END);
        browser.awaitText(".scrubber output", "now");
        Eventually.soon("all are led by the first again", () -> !browser.says(".then .shards", "right"));
    }

    @Test
    void all_of_it_is_reached_by_keys_and_the_browser_complains_of_nothing() throws Exception {
        browser.awaitText("h1", "In doubt");
        browser.press("?");
        browser.awaitText("dialog[open]", "to the filter");
        picture("keys");
        browser.press(Keys.ESCAPE);
        List<String> titles = List.of(
                "In doubt", "Transactions", "Cluster", "Live", "Time", "Audit", "Znodes", "Traces", "Sagas", "Outbox");
        List<String> keys = List.of("1", "2", "3", "4", "5", "7", "8", "9", "0", "6");
        for (int i = 0; i < keys.size(); i++) {
            browser.press(keys.get(i));
            browser.awaitText("h1", titles.get(i));
        }
        browser.awaitText("#main", "no relay publishes an outbox from here");
        browser.press("2");
        browser.awaitText(".rows", "committed");
        browser.press("j", "j", Keys.ENTER);
        browser.awaitText("h1", "Transaction ");
        browser.press("1");
        browser.awaitText("h1", "In doubt");
        // A page hears keys from shortly after it is seen on.
        Eventually.within(Browser.PATIENCE, "the filter is reached", () -> {
            if (!isInFilter()) {
                browser.press("/");
            }
            return isInFilter();
        });
        browser.press("x");
        assertThat(browser.run("return document.activeElement.value")).isEqualTo("x");
        browser.press(Keys.ESCAPE, "t", "t");
        Eventually.soon("it is dark", () -> browser.run("return document.documentElement.dataset.theme")
                .equals("dark"));
        browser.press("t");
        assertThat(browser.complaints()).isEmpty();
    }

    @Test
    void an_order_is_previewed_done_with_a_reason_and_told_and_who_may_not_cannot() throws Exception {
        Path token = folder.resolve("operator.token");
        OrderedSource ordered = new OrderedSource();
        AdminConfig config = new AdminConfig(
                new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), Access.LOCAL.withOperatorToken(token));
        try (AdminServer admin = AdminServer.start(config, ordered, List.of(), new ProcessMetrics())) {
            browser.open(admin.url() + "/");
            browser.awaitText(".branch .actions", "to act, log in");
            assertThat(browser.count(".branch .actions button:disabled")).isEqualTo(1);
            browser.click(".tools button");
            browser.press(Files.readString(token).strip(), Keys.ENTER);
            browser.awaitText(".tools", "operator");

            browser.click(".branch .actions button");
            browser.awaitText("dialog[open] .results", "it would be rolled back");
            browser.press(Keys.ENTER);
            assertThat(ordered.done()).as("without a reason").isEmpty();
            browser.press("the pager says so", Keys.ENTER);
            browser.awaitText("dialog[open] .results", "it was rolled back");
            picture("order");
            assertThat(ordered.done()).containsExactly(OrderedSource.TRANSACTION + ": the pager says so");
            browser.press(Keys.ESCAPE, "7");
            browser.awaitText(".rows", "the pager says so");
            picture("audit");
            browser.open("about:blank");
            browser.open(admin.url() + "/#/audit");
            browser.awaitText(".rows", "the pager says so");
            browser.awaitText(".tools", "operator");
            manyAtOnce(ordered);
            anAnswerThatIsLost(ordered);
            browser.press("3");
            browser.awaitText("#main", "Missing from the quorum: server 3.");
            assertThat(browser.text(".rows")).contains("in sync", "missing");
            picture("quorum");
            assertThat(browser.complaints()).isEmpty();
        }
    }

    private static void manyAtOnce(OrderedSource ordered) throws Exception {
        browser.press("6");
        String letters = "main section:last-of-type ";
        browser.awaitText(letters, "it was refused too often");
        browser.click(letters + ".chosen button");
        browser.awaitText(letters + ".chosen", "2 chosen");
        picture("outbox");
        browser.click(letters + ".chosen .actions button");
        browser.awaitText("dialog[open] .results", "it would be appended again");
        assertThat(browser.count("dialog[open] .results li")).isEqualTo(2);
        browser.press("the broker is back", Keys.ENTER);
        browser.awaitText("dialog[open] .results", "it was appended again");
        assertThat(browser.text("dialog[open] .results")).contains("41", "done", "42", "failed", "its key is parked");
        picture("order-many");
        assertThat(ordered.done()).contains("41: the broker is back").doesNotContain("43: the broker is back");
        browser.press(Keys.ESCAPE);
        Eventually.within(Browser.PATIENCE, "the dialog is gone", () -> browser.count("dialog[open]") == 0);
    }

    /** The order arrives and is carried out; what came of it does not come back. */
    private static void anAnswerThatIsLost(OrderedSource ordered) throws Exception {
        browser.run("const sent = window.fetch; window.fetch = (path, options) => sent(path, options).then(answer => {"
                + " if (options?.method === 'POST' && !JSON.parse(options.body).dryRun) {"
                + " throw new TypeError('network error'); } return answer; }); return true");
        browser.click("main section:nth-of-type(2) .chosen button");
        browser.click("main section:nth-of-type(2) .chosen .actions button");
        browser.awaitText("dialog[open] .results", "it would be tried");
        browser.press("the customer waits", Keys.ENTER);
        browser.awaitText("dialog[open]", "unknown, look");
        picture("order-lost");
        assertThat(ordered.done()).contains("customer-7: the customer waits");
        assertThat(browser.count("dialog[open] [type=submit], dialog[open] input"))
                .as("ways to order it again")
                .isZero();
        browser.press(Keys.ESCAPE);
        Eventually.within(Browser.PATIENCE, "the dialog is gone", () -> browser.count("dialog[open]") == 0);
    }

    @Test
    void what_is_no_view_is_right_by_itself() throws IOException {
        browser.awaitText("h1", "In doubt");
        try (InputStream in = Objects.requireNonNull(ConsoleIT.class.getResourceAsStream("/console/modules.js"))) {
            String script = new String(in.readAllBytes(), StandardCharsets.UTF_8);

            assertThat(String.valueOf(browser.run(script))).startsWith("ok ");
        }
    }

    @Test
    void nothing_is_wider_than_a_phone() throws Exception {
        for (String hash : List.of(
                "#/in-doubt",
                "#/transactions",
                "#/transactions/" + committed.id(),
                "#/cluster",
                "#/live",
                "#/time",
                "#/znodes",
                "#/traces",
                "#/sagas")) {
            browser.size(390, 844);
            page(hash);
            browser.awaitText("h1", "");
            Eventually.soon(
                    hash + " is filled",
                    () -> browser.count(".card, .rows, .waterfall, .shards, .tree .link, .calm") > 0);
            Eventually.soon(
                    hash + " is as wide as the phone", () -> browser.run("return document.documentElement.scrollWidth")
                            .equals(390L));
        }
    }

    private static boolean isInFilter() {
        return "filter".equals(browser.run("return document.activeElement.id"));
    }

    /** Kept when that is asked for: at a desk's and at a phone's width, light and dark. */
    private static void picture(String name) throws IOException {
        picture(name, "");
    }

    private static void picture(String name, String filter) throws IOException {
        String directory = System.getProperty("assent.screenshots");
        if (directory == null) {
            return;
        }
        Path into = Files.createDirectories(Path.of(directory));
        if (!filter.isEmpty()) {
            browser.filter(filter);
        }
        browser.picture(into.resolve(name + ".png"));
        browser.dark(true);
        browser.picture(into.resolve(name + "-dark.png"));
        browser.size(390, 844);
        browser.picture(into.resolve(name + "-phone.png"));
        browser.dark(false);
        browser.size(1280, 800);
    }
}
