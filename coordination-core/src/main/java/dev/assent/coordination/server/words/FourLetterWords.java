package dev.assent.coordination.server.words;

import dev.assent.coordination.server.config.ClientAccess;
import dev.assent.coordination.server.config.ServerConfig;
import dev.assent.coordination.server.edge.Traffic;
import dev.assent.coordination.server.ordering.WatchedTree;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.function.IntSupplier;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/** Answers each word in the form that ZooKeeper's tools expect. Thread-safe. */
public final class FourLetterWords implements AutoCloseable {
    private static final String NOT_SERVING = "This ZooKeeper instance is not currently serving requests\n";

    /** What a server is, as far as words tell of it. */
    public interface Condition {
        /** Whether its loop goes round. */
        boolean alive();

        boolean serving();

        /** ZooKeeper's word for its role. */
        String mode();

        /** How long it has been there. */
        long uptimeMillis();
    }

    /**
     * Whom the answers are taken from.
     *
     * @param clientPort the port that is listened on
     * @param connections how many there are, those without a session included
     * @param logSyncs how often the log was synced
     */
    public record Sources(
            ServerConfig config,
            Condition condition,
            WatchedTree watched,
            Supplier<Traffic> traffic,
            IntSupplier clientPort,
            IntSupplier connections,
            LongSupplier logSyncs) {}

    private final Condition condition;
    private final Map<String, Supplier<String>> cheap = new TreeMap<>();
    private final Map<String, Supplier<String>> walking = new TreeMap<>();
    private final Map<String, Supplier<String>> ofDisk = new TreeMap<>();
    private final SlowAnswers walkingAnswers = new SlowAnswers("assent-words");
    private final SlowAnswers diskAnswers = new SlowAnswers("assent-words-disk");

    public FourLetterWords(Sources sources) {
        this.condition = sources.condition();
        StateWords state = new StateWords(sources);
        SettingWords settings = new SettingWords(sources.config(), sources.clientPort());
        ClientWords clients = new ClientWords(sources.watched(), sources.traffic());
        cheap.put("ruok", () -> condition.alive() ? "imok" : NOT_SERVING);
        cheap.put("isro", () -> condition.serving() ? "rw" : "null");
        cheap.put("envi", SettingWords::environment);
        cheap.put("conf", ifServing(settings::configuration));
        cheap.put("srvr", ifServing(state::server));
        cheap.put("stat", ifServing(() -> state.server(clients.some())));
        cheap.put("mntr", ifServing(state::monitoring));
        cheap.put("hash", ifServing(state::digest));
        cheap.put("wchs", ifServing(clients::watchSummary));
        cheap.put("srst", ifServing(state::resetServer));
        cheap.put("crst", ifServing(state::resetConnections));
        cheap.put("gtmk", () -> "0");
        cheap.put("stmk", () -> "stmk is not executed because this server has no trace mask.\n");
        walking.put("cons", ifServing(clients::connections));
        walking.put("dump", ifServing(clients::sessions));
        walking.put("wchc", ifServing(clients::watchesBySession));
        walking.put("wchp", ifServing(clients::watchesByPath));
        ofDisk.put("dirs", ifServing(settings::directories));
    }

    private Supplier<String> ifServing(Supplier<String> text) {
        return () -> condition.serving() ? text.get() : NOT_SERVING;
    }

    /**
     * Answers one word.
     *
     * @param word one of {@link ClientAccess#ALL_WORDS}
     * @param answered takes the text: at once, or later on a thread of this class
     */
    public void answer(String word, Consumer<String> answered) {
        Supplier<String> now = cheap.get(word);
        Supplier<String> later = walking.get(word);
        Supplier<String> slow = ofDisk.get(word);
        if (now != null) {
            answered.accept(now.get());
        } else if (later != null) {
            walkingAnswers.answer(word, later, answered);
        } else if (slow != null) {
            diskAnswers.answer(word, slow, answered);
        } else {
            answered.accept(word + " is not executed because there is no such word.\n");
        }
    }

    @Override
    public void close() {
        walkingAnswers.close();
        diskAnswers.close();
    }
}
