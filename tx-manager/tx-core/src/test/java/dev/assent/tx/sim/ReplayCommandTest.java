package dev.assent.tx.sim;

import static org.assertj.core.api.Assertions.assertThat;

import dev.assent.command.Commands;
import dev.assent.command.ExitCode;
import dev.assent.event.BranchEvent;
import dev.assent.event.EventStream;
import dev.assent.event.StepEvent;
import dev.assent.event.TransactionEvent;
import dev.assent.flight.FlightExport;
import dev.assent.flight.FlightRecorder;
import dev.assent.time.Backoff;
import dev.assent.tx.model.CommitResult;
import dev.assent.tx.model.Vote;
import dev.assent.tx.protocol.BranchInput;
import dev.assent.tx.protocol.Message;
import dev.assent.tx.protocol.TransactionInput;
import dev.assent.tx.protocol.twophase.LoneBranch;
import dev.assent.tx.protocol.twophase.TwoPhaseCommit;
import dev.assent.tx.protocol.twophase.TwoPhaseInput;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** {@code ./assent simulate tx --replay FILE}. */
@Timeout(240)
class ReplayCommandTest {
    private static final String ID = "0a0b";

    @TempDir
    private Path folder;

    /** A transaction that is cut once it is decided; {@code recorded} is what the file says that the second branch voted. */
    private Path recording(Vote cast, Vote recorded) throws IOException, InterruptedException {
        EventStream stream = new EventStream(() -> 1_000);
        try (FlightRecorder recorder = FlightRecorder.inMemory("left", stream)) {
            stream.tell(new TransactionEvent.Begun(ID, 2_000));
            stream.tell(new BranchEvent.Enlisted(ID, 1, "orders"));
            stream.tell(new BranchEvent.Enlisted(ID, 2, "stock"));
            stream.tell(new StepEvent.Started(ID, "TWO_PHASE", List.of(1, 2), Map.of("loneBranch", "WITH_RECORD")));
            TwoPhaseCommit machine = new TwoPhaseCommit(2, new Backoff(50, 500), LoneBranch.WITH_RECORD);
            step(stream, machine, new TransactionInput.CommitAsked(), new TransactionInput.CommitAsked());
            vote(stream, machine, 0, new Vote.Prepared(), new Vote.Prepared());
            vote(stream, machine, 1, cast, recorded);
            stream.tell(new TransactionEvent.Decided(ID, TransactionEvent.Decision.COMMIT, 1));
            TwoPhaseInput.Decided written = new TwoPhaseInput.Decided(new CommitResult.Written());
            step(stream, machine, written, written);
            Path file = folder.resolve("export.jsonl");
            Files.writeString(file, whole(recorder).text());
            return file;
        }
    }

    private static FlightExport whole(FlightRecorder recorder) throws IOException, InterruptedException {
        CountDownLatch never = new CountDownLatch(1);
        for (int look = 0; look < 4_000; look++) {
            Optional<FlightExport> export = recorder.export(ID);
            if (export.isPresent() && export.get().text().contains("CommitResult.Written")) {
                return export.get();
            }
            assertThat(never.await(5, TimeUnit.MILLISECONDS)).isFalse();
        }
        throw new AssertionError("nothing is recorded");
    }

    private static void vote(EventStream stream, TwoPhaseCommit machine, int place, Vote cast, Vote recorded) {
        stream.tell(new BranchEvent.Voted(
                ID, place + 1, place == 0 ? "orders" : "stock", BranchEvent.Vote.PREPARED, 1, ""));
        step(stream, machine, new BranchInput.Voted(place, cast), new BranchInput.Voted(place, recorded));
    }

    private static <M extends Record & Message<? super TwoPhaseInput.Handler>> void step(
            EventStream stream, TwoPhaseCommit machine, M input, M recorded) {
        List<Record> commands =
                machine.step(input).stream().map(Record.class::cast).toList();
        stream.tell(new StepEvent.Stepped(ID, recorded, commands));
    }

    private record Run(int code, String out, String err) {}

    private static Run replay(Path file) {
        StringWriter out = new StringWriter();
        StringWriter err = new StringWriter();
        CommandLine command = Commands.commandLine(new CommandLine(new Main()))
                .setOut(new PrintWriter(out))
                .setErr(new PrintWriter(err));
        int code = command.execute("--replay", file.toString());
        return new Run(code, out.toString(), err.toString());
    }

    @Test
    void a_recording_is_led_to_the_state_in_which_it_was_cut() throws Exception {
        Run run = replay(recording(new Vote.Prepared(), new Vote.Prepared()));

        assertThat(run.err()).isEmpty();
        assertThat(run.code()).isEqualTo(ExitCode.OK);
        assertThat(run.out())
                .contains("transaction=0a0b machine=TWO_PHASE steps=4 cut")
                .contains("replayed decision=COMMIT branch 1 of orders=PREPARED branch 2 of stock=PREPARED told=nobody")
                .contains("same=true");
    }

    @Test
    void a_step_that_is_another_is_found_and_told() throws Exception {
        Run run = replay(recording(new Vote.Prepared(), new Vote.ReadOnly()));

        assertThat(run.code()).isEqualTo(ExitCode.FOUND);
        assertThat(run.out())
                .contains("DIVERGED: step 3", "recorded commands [{is=TwoPhaseCommand.WriteDecision, prepared=[0, 1]}]")
                .contains("replayed [{is=TwoPhaseCommand.WriteDecision, prepared=[0]}]");
    }

    @Test
    void what_is_no_whole_recording_is_refused_with_its_reason() throws Exception {
        Path file = recording(new Vote.Prepared(), new Vote.Prepared());
        Files.writeString(file, Files.readString(file).replace("\"number\":2", "\"number\":3"));
        assertThat(replay(file).code()).isEqualTo(ExitCode.USAGE);
        assertThat(replay(file).err()).contains("was changed after it was written");
        assertThat(replay(folder.resolve("none")).code()).isEqualTo(ExitCode.CANNOT);
    }
}
