package dev.assent.shop.demo;

import dev.assent.shop.demo.parts.Auditor;
import dev.assent.shop.demo.parts.KillTarget;
import dev.assent.shop.demo.parts.Shop;
import dev.assent.shop.demo.parts.ShopLayout;
import dev.assent.shop.platform.Pauses;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.time.LocalTime;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Kills all coordinator nodes with the store in them while branches are prepared, and watches what becomes of those before
 * anybody is started again. What the services decide among themselves they say in their logs.
 */
final class Blackout {
    /** All branches are to have ended so soon after the last service suspected the coordinator. */
    static final Duration ENDED_WITHIN = Duration.ofSeconds(3);

    /** How long the coordinators stay dead if branches do not end. */
    private static final Duration WATCHED = Duration.ofSeconds(20);

    /** To find a moment in which something is prepared. */
    private static final Duration MOMENT_PATIENCE = Duration.ofSeconds(20);

    /** So long nothing is prepared before that is believed. */
    private static final Duration STILL = Duration.ofSeconds(2);

    private static final int ATTEMPTS_MAX = 5;
    private static final long LOOK_MILLIS = 5;
    private static final Pattern TIME = Pattern.compile("\\d{2}:\\d{2}:\\d{2}\\.\\d{3}");
    private static final String SUSPECTED = " is suspected, as ";
    private static final String CHOSE = ": this service's branches end so";

    private final Shop shop;
    private final Auditor auditor;
    private final Consumer<String> progress;

    /**
     * What was seen while all coordinators were dead.
     *
     * @param prepared branches when the last of them had died
     * @param chosen how often a service learned a decision from the acceptors
     * @param sinceSuspicion from the last service's suspicion to the end of the last branch; empty if some did not end
     */
    record Seen(long prepared, int chosen, Optional<Duration> sinceSuspicion) {
        boolean isProof() {
            return prepared > 0
                    && chosen > 0
                    && sinceSuspicion.isPresent()
                    && sinceSuspicion.get().compareTo(ENDED_WITHIN) <= 0;
        }

        /** There was nothing that could have shown anything. */
        boolean isEmpty() {
            return prepared == 0 || chosen == 0;
        }

        String text() {
            return "preparedWhenDead=" + prepared + " decidedByServices=" + chosen + " endedAfterSuspicionMillis="
                    + sinceSuspicion
                            .map(Duration::toMillis)
                            .map(String::valueOf)
                            .orElse("never");
        }
    }

    Blackout(Shop shop, Auditor auditor, Consumer<String> progress) {
        this.shop = shop;
        this.auditor = auditor;
        this.progress = progress;
    }

    /** Kills, watches and starts again; once more if nothing was prepared in that moment. */
    Seen run() throws IOException, InterruptedException, SQLException {
        List<String> nodes =
                shop.layout().nodes().stream().map(ShopLayout.Node::name).toList();
        Seen seen = once(nodes);
        for (int attempt = 1; attempt < ATTEMPTS_MAX && seen.isEmpty(); attempt++) {
            progress.accept("nothing was in doubt in that moment: once more");
            seen = once(nodes);
        }
        return seen;
    }

    private Seen once(List<String> nodes) throws IOException, InterruptedException, SQLException {
        Map<Path, Integer> before = new HashMap<>();
        for (String service : KillTarget.SERVICES) {
            Path log = shop.layout().log(service);
            before.put(log, Files.readAllLines(log).size());
        }
        awaitPrepared();
        shop.kill(nodes);
        long prepared = auditor.inDoubt();
        progress.accept("kill -9 all coordinator nodes, and the store in them; branches prepared: " + prepared);
        Optional<LocalTime> ended = awaitEnd();
        List<String> said = new ArrayList<>();
        for (Map.Entry<Path, Integer> log : before.entrySet()) {
            said.addAll(Files.readAllLines(log.getKey()).subList(log.getValue(), lines(log.getKey())));
        }
        int chosen = (int) said.stream().filter(line -> line.contains(CHOSE)).count();
        Optional<LocalTime> suspected = said.stream()
                .filter(line -> line.contains(SUSPECTED))
                .map(Blackout::time)
                .flatMap(Optional::stream)
                .max(LocalTime::compareTo);
        Seen seen = new Seen(prepared, chosen, ended.flatMap(end -> suspected.map(since -> atLeastZero(since, end))));
        progress.accept("while all coordinators were dead: " + seen.text());
        progress.accept("starting the coordinator nodes again");
        shop.restart(nodes);
        progress.accept("the coordinator nodes serve again");
        return seen;
    }

    private static int lines(Path log) throws IOException {
        return Files.readAllLines(log).size();
    }

    private static Duration atLeastZero(LocalTime from, LocalTime to) {
        return from.isBefore(to) ? Duration.between(from, to) : Duration.ZERO;
    }

    private void awaitPrepared() throws InterruptedException, SQLException {
        long giveUpNanos = System.nanoTime() + MOMENT_PATIENCE.toNanos();
        while (auditor.inDoubt() == 0 && System.nanoTime() - giveUpNanos < 0) {
            Pauses.pause(LOOK_MILLIS);
        }
    }

    /** When nothing was prepared any more; a transaction that was on its way may still have become so meanwhile. */
    private Optional<LocalTime> awaitEnd() throws InterruptedException, SQLException {
        long giveUpNanos = System.nanoTime() + WATCHED.toNanos();
        Optional<LocalTime> ended = Optional.empty();
        while (System.nanoTime() - giveUpNanos < 0) {
            if (auditor.inDoubt() > 0) {
                ended = Optional.empty();
            } else if (ended.isEmpty()) {
                ended = Optional.of(LocalTime.now(ZoneId.systemDefault()));
            } else if (ended.get().plus(STILL).isBefore(LocalTime.now(ZoneId.systemDefault()))) {
                return ended;
            }
            Pauses.pause(LOOK_MILLIS);
        }
        return ended;
    }

    /** A line of a log has its time in it, of this machine's zone, whatever else it begins with. */
    private static Optional<LocalTime> time(String line) {
        Matcher told = TIME.matcher(line);
        return told.find() ? Optional.of(LocalTime.parse(told.group())) : Optional.empty();
    }
}
