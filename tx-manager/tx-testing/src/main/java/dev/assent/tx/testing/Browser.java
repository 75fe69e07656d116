package dev.assent.tx.testing;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Supplier;
import org.openqa.selenium.By;
import org.openqa.selenium.Dimension;
import org.openqa.selenium.JavascriptExecutor;
import org.openqa.selenium.Keys;
import org.openqa.selenium.OutputType;
import org.openqa.selenium.StaleElementReferenceException;
import org.openqa.selenium.chrome.ChromeDriver;
import org.openqa.selenium.chrome.ChromeDriverService;
import org.openqa.selenium.chrome.ChromeOptions;
import org.openqa.selenium.interactions.Actions;

/** Chromium without a window, as this machine has it. Who uses it brings Selenium. */
public final class Browser implements AutoCloseable {
    private static final List<Path> BROWSERS =
            List.of(Path.of("/usr/bin/chromium"), Path.of("/usr/bin/chromium-browser"));
    private static final Path DRIVER = Path.of("/usr/bin/chromedriver");
    public static final Duration PATIENCE = Duration.ofSeconds(90);

    private static final int LOOKS_MAX = 20;

    private final ChromeDriver driver;

    private Browser(ChromeDriver driver) {
        this.driver = driver;
    }

    /** Empty, and said, where there is none; {@code page} is what is then not tested. */
    public static Optional<Browser> start(Path profile, String page) {
        Optional<Path> browser = BROWSERS.stream().filter(Files::isExecutable).findFirst();
        if (browser.isEmpty() || !Files.isExecutable(DRIVER)) {
            System.err.printf(
                    "NOT TESTED: %s. There is none of %s, or no %s (on Debian: apt-get install chromium"
                            + " chromium-driver)%n",
                    page, BROWSERS, DRIVER);
            return Optional.empty();
        }
        ChromeOptions options = new ChromeOptions();
        options.setBinary(browser.get().toFile());
        options.addArguments(
                "--headless=new",
                "--no-sandbox",
                "--disable-gpu",
                "--disable-quic",
                "--disable-dev-shm-usage",
                "--no-first-run",
                "--disable-background-networking",
                "--disable-component-update",
                "--disable-sync",
                "--hide-scrollbars",
                "--user-data-dir=" + profile);
        options.setCapability("goog:loggingPrefs", Map.of("browser", "ALL"));
        ChromeDriverService service = new ChromeDriverService.Builder()
                .usingDriverExecutable(DRIVER.toFile())
                .build();
        return Optional.of(new Browser(new ChromeDriver(service, options)));
    }

    /** What is answered there. */
    public static String get(String url) {
        try {
            return HttpClient.newHttpClient()
                    .send(HttpRequest.newBuilder(URI.create(url)).build(), HttpResponse.BodyHandlers.ofString())
                    .body();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError(e);
        }
    }

    public void open(String url) {
        driver.get(url);
    }

    /** As large as a device's screen, whatever a window would be. */
    public void size(int width, int height) {
        driver.executeCdpCommand(
                "Emulation.setDeviceMetricsOverride",
                Map.of("width", width, "height", height, "deviceScaleFactor", 1, "mobile", width < 600));
        driver.manage().window().setSize(new Dimension(Math.max(500, width), height));
    }

    public void dark(boolean dark) {
        driver.executeCdpCommand(
                "Emulation.setEmulatedMedia",
                Map.of("features", List.of(Map.of("name", "prefers-color-scheme", "value", dark ? "dark" : "light"))));
    }

    /** All that can be read now. */
    public String text() {
        return driver.findElement(By.id("main")).getText();
    }

    /** What can be read there, all of it at one moment: a page that refreshes itself may change between two looks. */
    public String text(String selector) {
        return settled(() -> String.join(
                "\n",
                driver.findElements(By.cssSelector(selector)).stream()
                        .map(element -> String.valueOf(element.getText()))
                        .toList()));
    }

    /** Begins again when what was found has been replaced meanwhile, a few times. */
    private static <T> T settled(Supplier<T> look) {
        for (int looks = 1; ; looks++) {
            try {
                return look.get();
            } catch (StaleElementReferenceException changing) {
                if (looks == LOOKS_MAX) {
                    throw changing;
                }
            }
        }
    }

    public int count(String selector) {
        return driver.findElements(By.cssSelector(selector)).size();
    }

    /** To it go the keys. */
    public void focus(String selector) {
        Object unused = run("document.querySelector(arguments[0]).focus(); return true", selector);
    }

    /** Twice, as fast as a hand does. */
    public void doubleClick(String selector) {
        new Actions(driver)
                .doubleClick(driver.findElement(By.cssSelector(selector)))
                .perform();
    }

    public void click(String selector) {
        settled(() -> {
            driver.findElement(By.cssSelector(selector)).click();
            return true;
        });
    }

    public void press(CharSequence... keys) {
        new Actions(driver).sendKeys(keys).perform();
    }

    /** Replaces what stands in the filter. */
    public void filter(String text) {
        driver.findElement(By.id("filter")).sendKeys(Keys.chord(Keys.CONTROL, "a"), Keys.DELETE, text);
    }

    public void awaitText(String selector, String wanted) {
        try {
            Eventually.within(PATIENCE, selector + " says " + wanted, () -> says(selector, wanted));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError(e);
        } catch (AssertionError late) {
            throw new AssertionError(late.getMessage() + "; it says: " + text(selector) + complaints(), late);
        }
    }

    public boolean says(String selector, String wanted) {
        return text(selector).contains(wanted);
    }

    /** What the script returns; a promise is awaited. */
    public Object run(String script, Object... arguments) {
        return Objects.requireNonNull(((JavascriptExecutor) driver).executeScript(script, arguments), "no result");
    }

    /** What the browser has to say against the page: errors of scripts, of its policy, of requests. */
    public List<String> complaints() {
        return driver.manage().logs().get("browser").getAll().stream()
                .map(entry -> entry.getLevel() + " " + entry.getMessage())
                .toList();
    }

    public void picture(Path file) throws IOException {
        Files.write(file, driver.getScreenshotAs(OutputType.BYTES));
    }

    @Override
    public void close() {
        driver.quit();
    }
}
