package dev.assent.saga.engine;

import dev.assent.saga.model.CallKey;
import dev.assent.saga.model.Claim;
import dev.assent.saga.model.Direction;
import dev.assent.saga.model.SagaEntry;
import dev.assent.saga.model.SagaHeader;
import dev.assent.saga.model.SagaOutcome;
import dev.assent.saga.model.SagaProgress;
import dev.assent.saga.model.StepAnswer;
import dev.assent.saga.protocol.SagaCommand;
import dev.assent.saga.protocol.SagaInput;
import dev.assent.saga.protocol.SagaProtocol;
import dev.assent.saga.spi.SagaLog;
import dev.assent.saga.spi.SagaLog.Appended;
import dev.assent.saga.spi.StepCalls;
import dev.assent.saga.spi.Timers;
import dev.assent.time.Backoff;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One saga under way in this process: carries out what its machine wants. On the timers' thread only. */
final class SagaRun {
    private static final Logger LOG = LoggerFactory.getLogger(SagaRun.class);

    private final Surroundings around;
    private final SagaHeader header;
    private final Claim claim;
    private final SagaProtocol protocol;
    private final Ends ends;
    private final Map<Calling, UnderWay> calls = new HashMap<>();
    private final Set<Timer> timers = new HashSet<>();
    private boolean over;

    /** What every run of this process uses. */
    record Surroundings(SagaLog log, StepCalls calls, Timers timers, Backoff storePauses) {}

    /** Who hears that a run is over here: its saga has ended, or is another process' now. */
    interface Ends {
        void ended(SagaRun run, SagaOutcome outcome);

        void lost(SagaRun run);

        /** A bug of ours, or a damaged log: the saga is left as it is. */
        void broken(SagaRun run, RuntimeException reason);
    }

    private record Calling(String step, Direction direction, int attempt) {}

    private record UnderWay(StepCalls.Attempt attempt, Timer timeout) {}

    /** Known until it fires. */
    private final class Timer {
        private final Timers.Pending pending;

        Timer(long millis, Runnable action) {
            timers.add(this);
            pending = around.timers().after(millis, () -> {
                timers.remove(this);
                action.run();
            });
        }

        void cancel() {
            timers.remove(this);
            pending.cancel();
        }
    }

    SagaRun(Surroundings around, SagaHeader header, Claim claim, SagaProtocol protocol, Ends ends) {
        this.around = around;
        this.header = header;
        this.claim = claim;
        this.protocol = protocol;
        this.ends = ends;
    }

    Claim claim() {
        return claim;
    }

    /** What the log says. */
    SagaProgress progress() {
        return protocol.durable();
    }

    void begin() {
        if (protocol.durable().cause().isEmpty()) {
            Timer unused = new Timer(
                    Math.max(0, header.deadlineMillis() - around.timers().epochMillis()),
                    () -> step(new SagaInput.DeadlinePassed()));
        }
        step(new SagaInput.Resumed());
    }

    /** Nothing more is done here; calls under way are not waited for. */
    void stop() {
        over = true;
        List.copyOf(timers).forEach(Timer::cancel);
        calls.values().forEach(call -> call.attempt().giveUp());
        calls.clear();
    }

    private void step(SagaInput input) {
        if (over) {
            return;
        }
        try {
            List<SagaCommand> commands = protocol.step(input);
            commands.forEach(command -> command.accept(new Commands()));
        } catch (RuntimeException reason) {
            stop();
            ends.broken(this, reason);
        }
    }

    private final class Commands implements SagaCommand.Handler {
        @Override
        public void append(SagaCommand.Append command) {
            SagaEntry entry = new SagaEntry(
                    command.entry(), claim.epoch(), around.timers().epochMillis(), command.events());
            write(entry, around.storePauses().firstMillis());
        }

        @Override
        public void call(SagaCommand.Call command) {
            CallKey key = new CallKey(header.id(), command.step(), command.direction());
            Map<String, String> results = Map.copyOf(protocol.durable().results());
            StepCalls.Attempt attempt =
                    around.calls().call(new StepCalls.Request(header, key, command.attempt(), results));
            Calling calling = new Calling(command.step(), command.direction(), command.attempt());
            Timer timeout = new Timer(
                    command.timeoutMillis(),
                    () -> step(new SagaInput.TimedOut(command.step(), command.direction(), command.attempt())));
            calls.put(calling, new UnderWay(attempt, timeout));
            CompletionStage<Void> unused =
                    attempt.answer().thenAccept(answer -> around.timers().run(() -> answered(calling, answer)));
        }

        @Override
        public void giveUp(SagaCommand.GiveUp command) {
            UnderWay call = calls.get(new Calling(command.step(), command.direction(), command.attempt()));
            if (call != null) {
                call.attempt().giveUp();
            }
        }

        @Override
        public void pause(SagaCommand.Pause command) {
            // Between half of it and all of it, so that those that failed together do not come back together.
            long millis = Math.max(
                    1, Math.round(command.pauseMillis() * (0.5 + around.timers().draw() / 2)));
            Timer unused = new Timer(
                    millis, () -> step(new SagaInput.RetryDue(command.step(), command.direction(), command.attempt())));
        }

        @Override
        public void tell(SagaCommand.Tell command) {
            stop();
            ends.ended(SagaRun.this, command.outcome());
        }
    }

    private void answered(Calling calling, StepAnswer answer) {
        UnderWay call = calls.remove(calling);
        if (call != null) {
            call.timeout().cancel();
        }
        step(new SagaInput.Answered(calling.step(), calling.direction(), calling.attempt(), answer));
    }

    private void write(SagaEntry entry, long nextPauseMillis) {
        CompletionStage<Void> unused = around.log().append(claim, entry).handle((appended, failed) -> {
            around.timers().run(() -> written(entry, nextPauseMillis, appended, failed));
            return null;
        });
    }

    @SuppressWarnings("NullAway") // of a stage's two outcomes one is null
    private void written(SagaEntry entry, long nextPauseMillis, Appended appended, Throwable failed) {
        if (over) {
            return;
        }
        if (failed != null) {
            LOG.debug("entry {} of saga {} is written again: {}", entry.number(), header.id(), failed.toString());
            Timer unused = new Timer(
                    nextPauseMillis, () -> write(entry, around.storePauses().after(nextPauseMillis)));
            return;
        }
        switch (appended) {
            case RECORDED -> step(new SagaInput.Recorded(entry.number()));
            case FENCED -> {
                step(new SagaInput.Fenced());
                stop();
                ends.lost(this);
            }
        }
    }
}
