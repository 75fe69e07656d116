package dev.assent.shop.tcc;

import dev.assent.shop.platform.ChildProcess;
import dev.assent.shop.platform.Coverage;
import dev.assent.shop.platform.Pauses;
import java.io.IOException;
import java.io.PrintStream;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;

/** Rounds of transactions, in each of which somebody dies and comes back. */
final class Torture {
    private static final int TRANSACTIONS = 4;
    private static final Duration CALL_TIMEOUT = Duration.ofSeconds(30);

    /** How long after everybody is back a branch may be left. */
    private static final Duration SETTLED_WITHIN = Duration.ofSeconds(60);

    private static final Duration DEAD_WITHIN = Duration.ofSeconds(30);
    private static final int KILLED_WITHIN_MILLIS = 120;
    private static final int LOOK_MILLIS = 50;

    /** For how long whoever has died is missing, at most. */
    private static final int DOWN_MILLIS_MAX = 2_000;

    private final Scene scene;
    private final PrintStream out;
    private final Random random;
    private final HttpClient http = HttpClient.newHttpClient();
    private final Map<UUID, Told> told = new LinkedHashMap<>();
    private final List<String> wrongs = new ArrayList<>();
    private final Coverage coverage = new Coverage();
    private long longestMillis;

    /** {@code seed} chooses the wounds and what callers want; processes are not deterministic. */
    Torture(Scene scene, PrintStream out, long seed) {
        this.scene = scene;
        this.out = out;
        this.random = new Random(seed);
        PlannedFault.all().forEach(wound -> coverage.expect(wound.moment(), wound.victim()));
    }

    /**
     * What was seen.
     *
     * @param wrongs tries that were not ended once, and lies; empty if all is well
     * @param coverage who died when
     * @param longestMillis from when everybody was back until no branch was left, at most
     */
    record Result(
            int rounds,
            Coverage coverage,
            Map<Told, Integer> told,
            int tries,
            long longestMillis,
            List<String> wrongs) {}

    static Result run(Path directory, PrintStream out, int rounds, long seed, PlantedBug bug)
            throws IOException, InterruptedException, SQLException {
        try (Scene scene = new Scene(directory, bug)) {
            Thread end = new Thread(scene::close, "end-of-the-run");
            Runtime.getRuntime().addShutdownHook(end);
            scene.start();
            Result result = new Torture(scene, out, seed).rounds(rounds);
            Runtime.getRuntime().removeShutdownHook(end);
            return result;
        }
    }

    private Result rounds(int rounds) throws IOException, InterruptedException, SQLException {
        List<PlannedFault> left = new ArrayList<>();
        int done = 0;
        while (done < rounds && wrongs.isEmpty()) {
            if (left.isEmpty()) {
                left.addAll(PlannedFault.all());
                Collections.shuffle(left, random);
            }
            PlannedFault wound = left.remove(left.size() - 1);
            round(wound);
            done++;
            out.printf("round %d of %d: %s; longest %d ms%n", done, rounds, wound, longestMillis);
        }
        Map<UUID, Judge.Ends> stock = scene.reservations(PlannedFault.STOCK);
        Map<UUID, Judge.Ends> till = scene.reservations(PlannedFault.TILL);
        wrongs.addAll(Judge.wrongs(stock, till, told));
        Map<Told, Integer> counts = new EnumMap<>(Told.class);
        told.values().forEach(one -> counts.merge(one, 1, Integer::sum));
        return new Result(done, coverage, counts, stock.size() + till.size(), longestMillis, List.copyOf(wrongs));
    }

    private void round(PlannedFault wound) throws IOException, InterruptedException, SQLException {
        if (wound.place().isPresent()) {
            PlannedFault.Place place = wound.place().get();
            String words = place.step() + " " + scene.process(wound.victim()).pid();
            call(place.process(), "/arm", words).join();
        }
        Map<UUID, CompletableFuture<Told>> calls = transactions(wound);
        boolean fell = fell(wound, List.copyOf(calls.values()));
        coverage.count(wound.moment(), wound.victim(), fell);
        if (fell) {
            Pauses.pause(random.nextInt(DOWN_MILLIS_MAX));
            scene.mend();
        }
        calls.forEach((id, call) -> told.put(id, call.join()));
        settle(wound);
    }

    private Map<UUID, CompletableFuture<Told>> transactions(PlannedFault wound) {
        Map<UUID, CompletableFuture<Told>> calls = new LinkedHashMap<>();
        for (int i = 0; i < TRANSACTIONS; i++) {
            UUID id = new UUID(random.nextLong(), random.nextLong());
            boolean commits = wound.commits().orElse(random.nextInt(4) > 0);
            calls.put(
                    id,
                    call(PlannedFault.CALLER, commits ? "/commit" : "/rollback", id.toString())
                            .thenApply(Told::valueOf)
                            .exceptionally(gone -> Told.UNKNOWN));
        }
        return calls;
    }

    /** Returns when the victim is dead, or its moment has not come. */
    private boolean fell(PlannedFault wound, List<CompletableFuture<Told>> calls)
            throws IOException, InterruptedException {
        ChildProcess victim = scene.process(wound.victim());
        if (wound.place().isEmpty()) {
            Pauses.pause(random.nextInt(KILLED_WITHIN_MILLIS));
            victim.kill();
            return true;
        }
        while (victim.isAlive() && !calls.stream().allMatch(CompletableFuture::isDone)) {
            Pauses.pause(LOOK_MILLIS);
        }
        if (victim.isAlive() && isDying(wound.place().get().process())) {
            int unused = victim.awaitEnd(DEAD_WITHIN);
        }
        return !victim.isAlive();
    }

    /** Whether a process has come to the step: SIGKILL takes a while on a busy machine. */
    private boolean isDying(String place) {
        return call(place, "/disarm", "")
                .thenApply("too late"::equals)
                .exceptionally(gone -> true)
                .join();
    }

    private CompletableFuture<String> call(String process, String path, String body) {
        HttpRequest request = HttpRequest.newBuilder(Http.uri(scene.port(process), path))
                .timeout(CALL_TIMEOUT)
                .POST(HttpRequest.BodyPublishers.ofString(body))
                .build();
        return http.sendAsync(request, HttpResponse.BodyHandlers.ofString()).thenApply(answer -> {
            if (answer.statusCode() != Http.OK) {
                throw new IllegalStateException(process + path + " answered " + answer.body());
            }
            return answer.body();
        });
    }

    /** Whoever dies late, as its own SIGKILL takes a while on a busy machine, is started again here too. */
    private void settle(PlannedFault wound) throws IOException, InterruptedException, SQLException {
        long began = System.nanoTime();
        long end = began + SETTLED_WITHIN.toNanos();
        long unended = Long.MAX_VALUE;
        while (unended > 0 && System.nanoTime() < end) {
            unended = 0;
            for (String service : Scene.SERVICES) {
                unended += scene.unended(service);
            }
            if (unended > 0) {
                scene.mend();
                Pauses.pause(LOOK_MILLIS);
            }
        }
        longestMillis = Math.max(
                longestMillis, Duration.ofNanos(System.nanoTime() - began).toMillis());
        if (unended > 0) {
            wrongs.add(unended + " branches are stuck after " + wound);
        }
    }
}
