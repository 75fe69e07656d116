package dev.assent.tx.service;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.assent.flight.FlightExport;
import dev.assent.flight.FlightRecorder;
import dev.assent.flight.FlightRecording;
import dev.assent.store.StoreConfig;
import dev.assent.tx.api.GlobalTransaction;
import dev.assent.tx.model.Completion;
import dev.assent.tx.model.HeuristicOutcome;
import dev.assent.tx.model.Outcome;
import dev.assent.tx.model.Vote;
import dev.assent.tx.replay.Replay;
import dev.assent.tx.replay.ReplayVerdict;
import dev.assent.tx.testing.ApacheZooKeeper;
import dev.assent.tx.testing.Eventually;
import dev.assent.tx.testing.ToyResource;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What a coordinator recorded is led through its machine again, and must come to the same. */
@Timeout(240)
class TransactionReplayTest {
    private static final Duration TIMEOUT = Duration.ofMinutes(5);
    private static final Duration LIMIT = Duration.ofMinutes(2);

    @TempDir
    static Path folder;

    private static ApacheZooKeeper ensemble;
    private static EmbeddedTransactionService service;
    private static FlightRecorder recorder;

    private final ToyResource orders = new ToyResource("orders");
    private final ToyResource payments = new ToyResource("payments");

    @BeforeAll
    static void start() throws IOException {
        ensemble = new ApacheZooKeeper(folder.resolve("store"));
        service = EmbeddedTransactionService.start(TxConfig.of(ensemble.connectString())
                .withStore(StoreConfig.of(ensemble.connectString()).withSessionTimeout(Duration.ofSeconds(40))));
        recorder = FlightRecorder.start("test", folder.resolve("flight"), service.events());
    }

    @AfterAll
    static void stop() {
        recorder.close();
        service.close();
        ensemble.close();
    }

    private GlobalTransaction begin(ToyResource... resources) {
        GlobalTransaction transaction = service.begin(TIMEOUT);
        for (ToyResource resource : resources) {
            service.register(resource);
            transaction.enlist(transaction.newBranch(resource.name()), resource);
        }
        return transaction;
    }

    /** Once it holds that event. */
    private static FlightRecording recording(GlobalTransaction transaction, String event) throws InterruptedException {
        Eventually.within(LIMIT, event + " is recorded", () -> text(transaction).contains(event));
        return FlightRecording.of(text(transaction), "the recording");
    }

    private static String text(GlobalTransaction transaction) {
        try {
            return recorder.export(transaction.id()).map(FlightExport::text).orElse("");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static FlightRecording whole(GlobalTransaction transaction) throws InterruptedException {
        return recording(transaction, "transaction.ended");
    }

    @Test
    void a_commit_comes_to_a_commit_again() throws InterruptedException {
        GlobalTransaction transaction = begin(orders, payments);
        assertThat(transaction.commit()).isEqualTo(new Outcome.Committed());

        ReplayVerdict verdict = Replay.of(whole(transaction));

        assertThat(verdict.divergence()).isEmpty();
        assertThat(verdict.ended()).isTrue();
        assertThat(verdict.machine()).isEqualTo("TWO_PHASE");
        assertThat(verdict.steps()).isEqualTo(6);
        assertThat(verdict.replayed())
                .isEqualTo("decision=COMMIT branch 1 of orders=COMMITTED branch 2 of payments=COMMITTED"
                        + " told=COMMITTED ended");
    }

    @Test
    void a_no_a_branch_that_is_told_again_and_one_that_decides_alone_come_to_the_same_again()
            throws InterruptedException {
        payments.voting(new Vote.Rollback("its password=hunter2 is wrong"));
        GlobalTransaction refused = begin(orders, payments);
        assertThat(refused.commit()).isInstanceOf(Outcome.RolledBack.class);
        FlightRecording no = whole(refused);
        assertThat(Replay.of(no).divergence()).isEmpty();
        assertThat(no.toString()).contains("password=***").doesNotContain("hunter2");

        ToyResource slow = new ToyResource("slow");
        slow.loseAnswers(1);
        GlobalTransaction retried = begin(orders, slow);
        assertThat(retried.commit()).isEqualTo(new Outcome.Committed());
        FlightRecording told = whole(retried);
        assertThat(Replay.of(told).divergence()).isEmpty();
        assertThat(told.toString()).contains("branch.retried");

        ToyResource alone = new ToyResource("alone");
        alone.answerCommitWith(new Completion.Heuristic(HeuristicOutcome.ROLLED_BACK, "by hand"));
        GlobalTransaction mixed = begin(orders, alone);
        assertThat(mixed.commit()).isInstanceOf(Outcome.HeuristicMixed.class);
        ReplayVerdict verdict = Replay.of(whole(mixed));
        assertThat(verdict.divergence()).isEmpty();
        assertThat(verdict.replayed()).contains("branch 2 of alone=HEURISTIC_ROLLED_BACK", "told=HEURISTIC_MIXED");
    }

    @Test
    void a_recording_that_was_cut_comes_to_the_state_in_which_it_was_cut() throws InterruptedException {
        GlobalTransaction transaction = begin(orders, payments);
        assertThat(transaction.commit()).isEqualTo(new Outcome.Committed());
        everyBeginningComesToTheSame(whole(transaction));
    }

    private static void everyBeginningComesToTheSame(FlightRecording whole) {
        int events = whole.sections().get(0).events().size();

        for (int kept = 1; kept < events; kept++) {
            int end = kept;
            ReplayVerdict verdict = Replay.of(changed(whole, all -> new ArrayList<>(all.subList(0, end))));
            assertThat(verdict.divergence()).as("cut after %d", kept).isEmpty();
            assertThat(verdict.ended()).as("cut after %d", kept).isEqualTo(false);
        }
    }

    @Test
    void what_a_branch_decides_comes_to_the_same_again_its_answer_heard_or_lost_and_wherever_it_is_cut()
            throws InterruptedException {
        DecidingToy ledger = new DecidingToy("ledger");
        GlobalTransaction decided = begin(ledger, payments);
        assertThat(decided.commit()).isEqualTo(new Outcome.Committed());
        FlightRecording heard = whole(decided);
        assertThat(Replay.of(heard))
                .returns("COMMIT_POINT", ReplayVerdict::machine)
                .returns(Optional.empty(), ReplayVerdict::divergence)
                .returns(true, ReplayVerdict::ended);
        everyBeginningComesToTheSame(heard);
        assertThat(changedText(heard, "PointAnswer.Committed", "PointAnswer.Aborted"))
                .isPresent();

        ledger.loseDecisions();
        GlobalTransaction asked = begin(ledger, payments);
        assertThat(asked.commit()).isEqualTo(new Outcome.Committed());
        FlightRecording lost = whole(asked);
        assertThat(lost.toString()).contains("CommitPointInput.RowFound");
        assertThat(Replay.of(lost).divergence()).isEmpty();
        everyBeginningComesToTheSame(lost);

        payments.voting(new Vote.Rollback("overdrawn"));
        GlobalTransaction refused = begin(ledger, payments);
        assertThat(refused.commit()).isInstanceOf(Outcome.RolledBack.class);
        FlightRecording no = whole(refused);
        assertThat(Replay.of(no).divergence()).isEmpty();
        everyBeginningComesToTheSame(no);
    }

    @Test
    void a_recording_that_says_otherwise_than_the_machine_is_found_out() throws InterruptedException {
        GlobalTransaction transaction = begin(orders, payments);
        assertThat(transaction.commit()).isEqualTo(new Outcome.Committed());
        FlightRecording whole = whole(transaction);

        assertThat(changedText(whole, "Vote.Prepared", "Vote.ReadOnly"))
                .hasValueSatisfying(where -> assertThat(where).contains("WriteDecision"));
        assertThat(changedText(whole, "CommitResult.Written", "CommitResult.Fenced"))
                .hasValueSatisfying(where -> assertThat(where).contains("recorded commands", "BranchCommand.Commit"));
        assertThat(changedText(whole, "\"outcome\":\"COMMITTED\"", "\"outcome\":\"ROLLED_BACK\""))
                .hasValueSatisfying(where -> assertThat(where).contains("what the caller was told"));
        assertThat(changedText(whole, "\"end\":\"COMMITTED\"", "\"end\":\"ROLLED_BACK\""))
                .hasValueSatisfying(where -> assertThat(where).contains("branch 1 of orders"));
        assertThat(Replay.of(changed(whole, all -> all.stream()
                                .map(event -> "transaction.ended".equals(event.get("event"))
                                        ? replaced(event, "\"COMMITTED\"", "\"HEURISTIC_MIXED\"")
                                        : event)
                                .toList()))
                        .divergence())
                .hasValueSatisfying(where -> assertThat(where).contains("the end: recorded HEURISTIC_MIXED"));
        assertThat(changedText(whole, "BranchCommand.Commit\"", "BranchCommand.Rollback\""))
                .isPresent();
        assertThat(Replay.of(changed(whole, all -> without(all, "branch.voted")))
                        .divergence())
                .isPresent();
        assertThat(Replay.of(changed(whole, all -> without(all, "step.stepped")))
                        .divergence())
                .isPresent();
        assertThatThrownBy(() -> Replay.of(changed(whole, all -> without(all, "step.started"))))
                .isInstanceOf(IllegalArgumentException.class);
    }

    /** Though all its branches had ended when recovery is said to have come. */
    @Test
    void a_recovery_against_the_decision_is_found_out() throws InterruptedException {
        GlobalTransaction transaction = begin(orders, payments);
        assertThat(transaction.commit()).isEqualTo(new Outcome.Committed());
        FlightRecording whole = whole(transaction);

        assertThat(Replay.of(recovered(whole, true)).divergence()).isEmpty();
        assertThat(Replay.of(recovered(whole, false)).divergence())
                .hasValueSatisfying(where -> assertThat(where).contains("recovery", "rollback, after a COMMIT"));
    }

    private static FlightRecording recovered(FlightRecording whole, boolean committed) {
        return changed(whole, all -> {
            List<Map<String, Object>> more = new ArrayList<>(all);
            more.add(Map.of(
                    "event",
                    "recovery.branchEnded",
                    "resource",
                    "orders",
                    "transaction",
                    whole.transaction(),
                    "committed",
                    committed));
            return more;
        });
    }

    /** A file in which the words are others, sealed again as only its forger could. */
    private static Optional<String> changedText(FlightRecording whole, String word, String other) {
        return Replay.of(changed(whole, all -> all.stream()
                        .map(event -> replaced(event, word, other))
                        .toList()))
                .divergence();
    }

    private static Map<String, Object> replaced(Map<String, Object> event, String word, String other) {
        return FlightRecording.event(FlightRecording.line(event).replace(word, other));
    }

    private static List<Map<String, Object>> without(List<Map<String, Object>> events, String name) {
        return events.stream().filter(event -> !name.equals(event.get("event"))).toList();
    }

    private static FlightRecording changed(FlightRecording whole, UnaryOperator<List<Map<String, Object>>> change) {
        FlightRecording.Section section = whole.sections().get(0);
        return new FlightRecording(
                whole.transaction(),
                List.of(new FlightRecording.Section(
                        section.line(),
                        section.lines(),
                        new LinkedHashMap<>(section.process()),
                        change.apply(section.events()))));
    }
}
