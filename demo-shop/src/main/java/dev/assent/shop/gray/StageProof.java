package dev.assent.shop.gray;

import dev.assent.shop.platform.Pauses;
import dev.assent.store.StoreSession;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/** Shows before a row that nothing of the rows before it is left: what is measured then is the row's own. */
final class StageProof {
    private static final Duration PROVEN_MAX = Duration.ofSeconds(60);
    private static final long LOOK_MILLIS = 200;
    private static final Duration RECENT = Duration.ofSeconds(1);
    private static final String PATH = "/gray-proof";
    private static final String UNPUBLISHED = "select count(*) from assent_outbox";

    private StageProof() {}

    /** Something that may not be as it should yet. */
    @FunctionalInterface
    private interface Check {
        /** What is wrong; empty if nothing is. */
        Optional<String> fault() throws Exception;
    }

    /**
     * Every server of the store takes part in one quorum, every database answers and has nothing prepared, the relay has
     * published everything.
     *
     * @throws IOException it is not so within a minute, naming what is wrong
     */
    static void prove(Stage stage) throws IOException, InterruptedException {
        await("the stage is not well before the row", () -> {
            Optional<String> fault = store(stage.store());
            return fault.isPresent() ? fault : databases(stage);
        });
    }

    /**
     * Everybody in the scene gets what it wants: nodes lead, services are linked, pools are filled.
     *
     * @throws IOException it is not so within a minute, naming who does not
     */
    static void proveAtWork(Scene scene) throws IOException, InterruptedException {
        await("the scene does not work before the fault", () -> {
            long now = System.nanoTime();
            return scene.everybody().stream()
                    .filter(callers -> !(callers.meter().perSecond(now - RECENT.toNanos(), now) > 0))
                    .findFirst()
                    .map(callers -> callers.name() + " achieved nothing in the last second");
        });
    }

    private static void await(String what, Check check) throws IOException, InterruptedException {
        long giveUpNanos = System.nanoTime() + PROVEN_MAX.toNanos();
        Optional<String> fault = looked(check);
        while (fault.isPresent()) {
            if (System.nanoTime() - giveUpNanos > 0) {
                throw new IOException(what + ": " + fault.get());
            }
            Pauses.pause(LOOK_MILLIS);
            fault = looked(check);
        }
    }

    private static Optional<String> looked(Check check) throws InterruptedException {
        try {
            return check.fault();
        } catch (InterruptedException ended) {
            throw ended;
        } catch (Exception failed) {
            return Optional.of(failed.toString());
        }
    }

    private static Optional<String> store(StoreEnsemble store) throws IOException, InterruptedException {
        List<String> modes = new ArrayList<>();
        for (int id : StoreEnsemble.ids()) {
            modes.add(store.ask(id, "srvr")
                    .lines()
                    .filter(line -> line.startsWith("Mode: "))
                    .findFirst()
                    .orElse("silent"));
        }
        List<String> wanted = new ArrayList<>(List.of("Mode: leader"));
        while (wanted.size() < StoreEnsemble.SIZE) {
            wanted.add("Mode: follower");
        }
        if (!modes.stream().sorted().toList().equals(wanted.stream().sorted().toList())) {
            return Optional.of("the servers of the store are " + modes);
        }
        return everyWriteIsSeenEverywhere(store);
    }

    private static Optional<String> everyWriteIsSeenEverywhere(StoreEnsemble store)
            throws IOException, InterruptedException {
        List<StoreSession> clients = new ArrayList<>();
        try {
            for (int id : StoreEnsemble.ids()) {
                clients.add(new Sessions().connect(store, id));
            }
            Sessions.createIfMissing(clients.get(0), PATH);
            for (StoreSession writer : clients) {
                byte[] written = Long.toString(System.nanoTime()).getBytes(StandardCharsets.US_ASCII);
                writer.await(writer.setData(PATH, written, -1), "writing");
                for (StoreSession reader : clients) {
                    byte[] seen =
                            reader.await(reader.syncAndRead(PATH), "reading").data();
                    if (!Arrays.equals(written, seen)) {
                        return Optional.of("a server of the store does not see what another one wrote");
                    }
                }
            }
            return Optional.empty();
        } finally {
            clients.forEach(StoreSession::close);
        }
    }

    private static Optional<String> databases(Stage stage) throws SQLException {
        long prepared = stage.databases().prepared();
        if (prepared > 0) {
            return Optional.of(prepared + " branches are prepared");
        }
        long unpublished = stage.hasRelay() ? stage.databases().number(Databases.Name.LEFT, UNPUBLISHED) : 0;
        return unpublished == 0
                ? Optional.empty()
                : Optional.of(unpublished + " messages of the outbox are not published");
    }
}
