package dev.assent.shop.page;

import static org.assertj.core.api.Assertions.assertThat;

import dev.assent.shop.page.Picture.Progress;
import dev.assent.shop.page.Picture.State;
import dev.assent.tx.testing.Browser;
import dev.assent.tx.testing.Eventually;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.openqa.selenium.Keys;

/**
 * The shop's page as a browser shows it, with a demo behind it that does as the test says. With
 * {@code -Dassent.screenshots=DIRECTORY} it also makes the pictures of docs/shop anew.
 */
@Timeout(240)
class PageIT {
    @TempDir
    private static Path folder;

    private static Browser browser;

    private FakeShop shop = new FakeShop();
    private PageServer page;
    private boolean isEnded;

    @BeforeAll
    static void startBrowser() {
        Optional<Browser> started = Browser.start(folder.resolve("profile"), "the shop's page");
        Assumptions.assumeTrue(started.isPresent(), "there is no Chromium here");
        browser = started.get();
    }

    @AfterAll
    static void stopBrowser() {
        if (browser != null) {
            browser.close();
        }
    }

    @BeforeEach
    void open() throws IOException {
        shop = new FakeShop();
        page = PageServer.start(0, shop);
        browser.size(1440, 900);
        browser.open(page.url());
        browser.awaitText(".process", "open; all 4 invariants hold");
    }

    @AfterEach
    void close() {
        browser.open("about:blank"); // before nobody answers its page any more
        page.close();
        assertThat(browser.complaints()).allMatch(one -> isEnded && one.contains("net::ERR_"));
    }

    private List<Order.Buy> bought() {
        return shop.acted().stream()
                .filter(Order.Buy.class::isInstance)
                .map(Order.Buy.class::cast)
                .toList();
    }

    @Test
    void a_checkout_a_double_click_and_a_refund() throws Exception {
        browser.click(".shelves li:nth-child(3) button");
        browser.click("button.buy");
        browser.awaitText("#front .told-result", "is taken.");
        browser.awaitText("#book .rows", "paid");
        assertThat(bought()).extracting(Order.Buy::item).containsExactly("item-1");
        Eventually.soon(
                "the purchase is over",
                () -> Boolean.TRUE.equals(browser.run(
                        "window.since ??= performance.now(); return performance.now() - window.since > 1600")));

        browser.doubleClick("button.buy");

        browser.awaitText("#front .told-result", "2 clicks, one token, one purchase.");
        Eventually.soon("both clicks have come", () -> bought().size() == 3);
        assertThat(bought().get(1).token())
                .isEqualTo(bought().get(2).token())
                .isNotEqualTo(bought().get(0).token());
        Eventually.soon("there are two orders", () -> browser.count("#book tbody tr") == 2);
        browser.click("#book tbody tr:first-child button");
        browser.awaitText("#book .rows", "refunded");
        assertThat(shop.acted()).contains(new Order.Refund(bought().get(0).token()));

        browser.click(".shelves li:nth-child(1) button");
        browser.press("b");
        browser.awaitText("#front .told-result", "Nothing was bought");
        assertThat(bought().get(3).token()).isNotEqualTo(bought().get(2).token());
        assertThat(browser.text("#front .told-result")).doesNotContain("clicks");
        picture("front", "#front");
    }

    @Test
    void a_drill_is_struck_watched_and_judged() throws Exception {
        browser.click("#drills .drills li:nth-child(4) button");
        browser.awaitText(".rehearsal", "under way");
        assertThat(shop.acted()).containsExactly(new Order.Strike("kill-leader"));
        assertThat(browser.count("#drills .drills button:enabled")).isZero();
        shop.rehearsed(Progress.DOING, "kill -9 node-2", "starting node-2 again");
        shop.struck(
                Map.of("node-2", State.DEAD, "postgres-2", State.FROZEN),
                new Picture.Prepared("payment", "1096044365_MTIzNA==_cGF5bWVudA==", 6_300, 2));

        browser.awaitText(".box.dead", "node-2");
        assertThat(browser.text(".box.dead")).contains("dead");
        assertThat(browser.text(".box.frozen")).contains("postgres-2", "frozen");
        browser.awaitText("#system .held", "2 wait for its locks");
        picture("drill", "#system");

        shop.rehearsed(Progress.FAILED, "kill -9 node-2", "money: 3 cents are neither on an account nor paid");
        shop.broken("money", "3 cents are neither on an account nor paid");
        browser.awaitText(".process", "1 of 4 invariants BROKEN");
        browser.awaitText("#checks .bad", "3 cents are neither on an account nor paid");
        browser.awaitText(".rehearsal", "something did not hold");
        picture("broken", "#checks");
        shop.well();
        browser.awaitText(".process", "all 4 invariants hold");
    }

    @Test
    void the_start_is_seen_step_by_step_and_nothing_can_be_done_before() throws Exception {
        shop.starting();
        browser.awaitText(".start", "waits for order");
        assertThat(browser.text(".start")).contains("The shop opens soon", "3 of 5 parts up");
        assertThat(browser.count("button.buy:enabled, .drills button:enabled, #load:enabled"))
                .isZero();
        picture("start", "#main");
        shop.started();
        Eventually.soon("the start is no longer shown", () -> browser.count(".start") == 0);
    }

    @Test
    void by_keyboard_and_on_a_phone() throws Exception {
        browser.press("+");
        Eventually.soon("one customer more", () -> shop.acted().contains(new Order.Load(7)));
        browser.awaitText(".load output", "7 customers");
        browser.focus("#load");
        browser.press(Keys.ARROW_LEFT);
        Eventually.soon("one less, by the slider", () -> shop.acted().contains(new Order.Load(6)));
        browser.press("?");
        browser.awaitText("dialog[open]", "buy what is chosen");
        browser.press(Keys.ESCAPE, "t", "t");
        Eventually.soon("it is dark", () -> browser.run("return document.documentElement.dataset.theme")
                .equals("dark"));
        browser.press("t", "5");
        assertThat(String.valueOf(browser.run("return document.activeElement.id")))
                .isEqualTo("h-drills");

        browser.size(390, 844);
        Eventually.soon(
                "nothing is wider than a phone",
                () -> browser.run("return document.documentElement.scrollWidth").equals(390L));
        isEnded = true;
        page.close();
        browser.awaitText("[role=alert]", "The demo does not answer");
    }

    /** Kept when that is asked for: at a desk's and at a phone's width, light and dark, from that part of the page on. */
    private static void picture(String name, String part) throws IOException {
        String directory = System.getProperty("assent.screenshots");
        if (directory == null) {
            return;
        }
        Path into = Files.createDirectories(Path.of(directory));
        browser.picture(into.resolve(name + ".png"));
        browser.dark(true);
        browser.picture(into.resolve(name + "-dark.png"));
        browser.size(390, 844);
        Object unused = browser.run("document.querySelector(arguments[0]).scrollIntoView(); return true", part);
        browser.picture(into.resolve(name + "-phone.png"));
        browser.dark(false);
        browser.size(1440, 900);
        unused = browser.run("scrollTo(0, 0); return true");
    }
}
