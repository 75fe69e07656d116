package dev.assent.shop.saga;

import dev.assent.saga.SagaArchive;
import dev.assent.saga.model.SagaId;
import dev.assent.saga.model.SagaOutcome;
import dev.assent.saga.model.SagaRecord;
import dev.assent.saga.model.SagaStatus;
import dev.assent.saga.store.ZnodeSagaLog;
import dev.assent.shop.gray.StoreEnsemble;
import dev.assent.shop.platform.Coverage;
import dev.assent.shop.platform.Pauses;
import dev.assent.store.SetAside;
import dev.assent.store.StoreConfig;
import dev.assent.store.StoreSession;
import java.io.IOException;
import java.io.PrintStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** Round after round: sagas are started, one of them is struck at a step, and what was killed is started again. */
public final class SagaTorture {
    private static final Duration MOMENT_TIMEOUT = Duration.ofSeconds(20);
    private static final Duration REST_TIMEOUT = Duration.ofMinutes(2);
    private static final Duration START_TIMEOUT = Duration.ofSeconds(30);

    /** Longer than a session with the store, and the next look at who is dead. */
    private static final long FROZEN_MILLIS = 4_000;

    private static final int ANSWER_SECONDS = 20;
    private static final long LOOK_MILLIS = 200;
    private static final int ROUNDS_A_LINE = 10;
    private static final int OK = 200;

    private final Path directory;
    private final PrintStream out;
    private final SplittableRandom random;
    private final HttpClient client = HttpClient.newHttpClient();
    private final Set<String> started = new ConcurrentSkipListSet<>();
    private final List<String> tried = new ArrayList<>();
    private final Coverage coverage = new Coverage();

    public SagaTorture(Path directory, PrintStream out, long seed) {
        this.directory = directory;
        this.out = out;
        random = new SplittableRandom(seed);
        PlannedFault.all()
                .forEach(blow -> coverage.expect(blow.words(), blow.victim().name()));
    }

    /**
     * What came of it.
     *
     * @param reached rounds in which the blow fell; in the others the moment did not come
     * @param coverage who was struck when
     * @param faults empty if everything held
     */
    public record Result(
            int rounds,
            int reached,
            Coverage coverage,
            int started,
            int completed,
            int compensated,
            List<String> faults) {
        public Result {
            faults = List.copyOf(faults);
        }

        @Override
        public String toString() {
            return "rounds=" + rounds + " struck=" + reached + " covered=" + coverage.covered() + "/"
                    + coverage.combinations() + " sagas=" + started + " completed=" + completed
                    + " compensated=" + compensated + " violated=" + faults;
        }
    }

    /** Runs so many rounds, and judges. */
    public Result run(int rounds) throws IOException, InterruptedException, SQLException {
        try (Gate gate = new Gate();
                SagaStage stage = new SagaStage(directory, gate)) {
            Thread end = new Thread(stage::close, "end-of-the-run");
            Runtime.getRuntime().addShutdownHook(end);
            stage.start();
            out.println("everything serves");
            int reached = 0;
            List<PlannedFault> blows = PlannedFault.drawn(rounds, random);
            for (int round = 0; round < rounds; round++) {
                reached += round(stage, gate, round, blows.get(round)) ? 1 : 0;
                if ((round + 1) % ROUNDS_A_LINE == 0) {
                    out.println((round + 1) + " rounds, " + reached + " blows, " + started.size() + " sagas");
                }
            }
            Result result = judged(stage, rounds, reached);
            Runtime.getRuntime().removeShutdownHook(end);
            return result;
        }
    }

    private boolean round(SagaStage stage, Gate gate, int round, PlannedFault blow)
            throws IOException, InterruptedException {
        String executor = SagaStage.EXECUTORS.get(random.nextInt(SagaStage.EXECUTORS.size()));
        String other = SagaStage.EXECUTORS.get(random.nextInt(SagaStage.EXECUTORS.size()));
        int server = 1 + random.nextInt(StoreEnsemble.SIZE);
        SagaId saga = new SagaId("round-" + round);
        CompletableFuture<Void> struck =
                gate.arm(saga, blow, called -> strike(stage, blow.victim(), executor, called, server));
        start(stage, executor, saga.text(), blow.refused());
        start(stage, other, saga + "-bystander", random.nextBoolean() ? "none" : Trip.PAY);
        boolean fell = awaitBlow(struck, blow);
        if (stage.hasFrozen()) {
            Pauses.pause(FROZEN_MILLIS);
        }
        stage.mend();
        coverage.count(blow.words(), blow.victim().name(), fell);
        return fell;
    }

    private boolean awaitBlow(CompletableFuture<Void> struck, PlannedFault blow)
            throws IOException, InterruptedException {
        try {
            struck.get(MOMENT_TIMEOUT.toMillis(), TimeUnit.MILLISECONDS);
            return true;
        } catch (TimeoutException never) {
            out.println("the moment of " + blow + " did not come within " + MOMENT_TIMEOUT);
            return false;
        } catch (ExecutionException failed) {
            throw new IOException(blow + " could not be dealt", failed);
        }
    }

    private static void strike(SagaStage stage, PlannedFault.Victim victim, String executor, String called, int server)
            throws IOException, InterruptedException {
        switch (victim) {
            case EXECUTOR -> stage.kill(executor);
            case CALLED -> stage.kill(called);
            case BOTH -> {
                stage.kill(executor);
                stage.kill(called);
            }
            case DATABASE -> stage.killDatabase();
            case STORE_SERVER -> stage.killStoreServer(server);
            case FROZEN_EXECUTOR -> stage.freeze(executor);
        }
    }

    /** Whether it is started is known only if the answer comes. */
    private void start(SagaStage stage, String executor, String saga, String refused) {
        tried.add(saga);
        HttpRequest request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + stage.port(executor) + "/"))
                .timeout(START_TIMEOUT)
                .POST(BodyPublishers.ofString(saga + " " + refused))
                .build();
        CompletableFuture<Void> unused = client.sendAsync(request, BodyHandlers.discarding())
                .thenAccept(answer -> {
                    if (answer.statusCode() == OK) {
                        started.add(saga);
                    }
                });
    }

    private Result judged(SagaStage stage, int rounds, int reached)
            throws IOException, InterruptedException, SQLException {
        StoreConfig store = StoreConfig.of(stage.storeAddress());
        try (StoreSession session = StoreSession.open(store)) {
            ZnodeSagaLog log = ZnodeSagaLog.open(session, new SetAside());
            SagaArchive archive = new SagaArchive(log);
            awaitRest(archive);
            Judge judge = new Judge(Effects.all(stage.databaseUrl()), Effects.all(stage.ledgerUrl()));
            List<String> faults = new ArrayList<>();
            int completed = 0;
            int compensated = 0;
            for (String saga : tried) {
                Optional<SagaRecord> record = get(archive.show(new SagaId(saga)));
                if (record.isPresent() || started.contains(saga)) {
                    faults.addAll(judge.faults(saga, record));
                }
                Optional<SagaOutcome> outcome =
                        record.flatMap(saved -> saved.progress().outcome());
                completed += outcome.equals(Optional.of(SagaOutcome.COMPLETED)) ? 1 : 0;
                compensated += outcome.equals(Optional.of(SagaOutcome.COMPENSATED)) ? 1 : 0;
            }
            return new Result(rounds, reached, coverage, started.size(), completed, compensated, faults);
        }
    }

    /** Until no saga is under way; what is still after that is judged as it is. */
    private void awaitRest(SagaArchive archive) throws IOException, InterruptedException {
        Set<SagaStatus> underWay = EnumSet.of(SagaStatus.RUNNING, SagaStatus.COMPENSATING, SagaStatus.STUCK);
        long began = System.nanoTime();
        while (System.nanoTime() - began < REST_TIMEOUT.toNanos()) {
            if (get(archive.list(underWay)).sagas().isEmpty()) {
                out.println("at rest " + TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - began)
                        + " ms after the last round");
                return;
            }
            Pauses.pause(LOOK_MILLIS);
        }
        out.println("not at rest " + REST_TIMEOUT.toSeconds() + " s after the last round");
    }

    private static <T> T get(CompletionStage<T> answer) throws IOException, InterruptedException {
        try {
            return answer.toCompletableFuture().get(ANSWER_SECONDS, TimeUnit.SECONDS);
        } catch (ExecutionException | TimeoutException failed) {
            throw new IOException("the store does not answer", failed);
        }
    }
}
