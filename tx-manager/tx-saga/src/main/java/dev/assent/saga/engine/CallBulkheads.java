package dev.assent.saga.engine;

import dev.assent.saga.api.SagaDefinition;
import dev.assent.saga.api.StepContext;
import dev.assent.saga.api.StepRefusedException;
import dev.assent.saga.model.CallKey;
import dev.assent.saga.model.Direction;
import dev.assent.saga.model.SagaEvent;
import dev.assent.saga.model.SagaPlan;
import dev.assent.saga.model.StepAnswer;
import dev.assent.saga.spi.StepCalls;
import dev.assent.tx.bulkhead.Bulkhead;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Calls steps, each on threads of its own definition, step and direction: what hangs costs its own step. Thread-safe; no
 * method blocks.
 */
public final class CallBulkheads implements StepCalls {
    /** Attempts of one call that hang in this process; no more are begun until one of them is over. */
    static final int HANGING_MAX = 2;

    private final Map<Name, SagaDefinition<?>> definitions;
    private final Bulkhead.Limits limits;
    private final Map<BulkheadName, Bulkhead> bulkheads = new ConcurrentHashMap<>();
    private final Map<CallKey, Integer> underWay = new ConcurrentHashMap<>();

    private record Name(String name, int version) {}

    private record BulkheadName(Name definition, String step, Direction direction) {}

    public CallBulkheads(List<SagaDefinition<?>> definitions, Bulkhead.Limits limits) {
        this.definitions = definitions.stream()
                .collect(Collectors.toUnmodifiableMap(
                        definition -> new Name(
                                definition.plan().name(), definition.plan().version()),
                        definition -> definition));
        this.limits = limits;
    }

    @Override
    public Optional<SagaPlan> plan(String name, int version) {
        return Optional.ofNullable(definitions.get(new Name(name, version))).map(SagaDefinition::plan);
    }

    @Override
    public Attempt call(Request request) {
        Name name = new Name(request.header().name(), request.header().version());
        SagaDefinition<?> definition = definitions.get(name);
        if (definition == null) {
            throw new IllegalArgumentException("no definition " + name);
        }
        Call<?> call = new Call<>(definition, request);
        CallKey key = request.key();
        if (underWay.merge(key, 1, Integer::sum) > HANGING_MAX) {
            call.end(new StepAnswer.Failed(
                    HANGING_MAX + " earlier attempts of " + key + " hang in this process; none is begun beside them"));
        } else {
            Bulkhead bulkhead = bulkheads.computeIfAbsent(
                    new BulkheadName(name, key.step(), key.direction()),
                    first -> new Bulkhead(
                            "saga " + name.name() + "/" + key.step() + "/"
                                    + key.direction().word(),
                            limits));
            if (!bulkhead.offer(call)) {
                call.end(new StepAnswer.Failed("the bulkhead '" + bulkhead.name() + "' is full: " + limits.threadsMax()
                        + " calls hang and " + limits.waitingMax() + " wait"));
            }
        }
        return call;
    }

    private void over(CallKey key) {
        underWay.computeIfPresent(key, (name, count) -> count == 1 ? null : count - 1);
    }

    private final class Call<I> implements Attempt, Runnable {
        private final SagaDefinition<I> definition;
        private final Request request;
        private final CompletableFuture<StepAnswer> answer = new CompletableFuture<>();
        /** Guarded by this, as the next one. */
        private @Nullable Thread runner;

        private boolean givenUp;

        Call(SagaDefinition<I> definition, Request request) {
            this.definition = definition;
            this.request = request;
        }

        @Override
        public CompletionStage<StepAnswer> answer() {
            return answer;
        }

        @Override
        public synchronized void giveUp() {
            givenUp = true;
            if (runner != null) {
                runner.interrupt();
            }
        }

        private void end(StepAnswer said) {
            over(request.key());
            answer.complete(said);
        }

        @Override
        public void run() {
            synchronized (this) {
                runner = givenUp ? null : Thread.currentThread();
            }
            end(runner == null ? new StepAnswer.Failed("no thread was free within its time") : said());
        }

        private StepAnswer said() {
            try {
                return bounded(result());
            } catch (StepRefusedException no) {
                return new StepAnswer.Refused(
                        Optional.ofNullable(no.getMessage()).orElse("refused"));
            } catch (Exception | LinkageError | StackOverflowError | AssertionError failed) {
                // Whatever a step of an application's throws, it says nothing of the step's effect.
                return new StepAnswer.Failed(failed.toString());
            } finally {
                synchronized (this) {
                    runner = null;
                    boolean unused = Thread.interrupted(); // was meant for this call
                }
            }
        }

        private String result() throws Exception {
            CallKey key = request.key();
            Duration timeout =
                    Duration.ofMillis(definition.plan().rule(key.step()).timeoutMillis());
            I input = definition.text().read().apply(request.header().input());
            StepContext<I> context = new StepContext<>(input, key, request.attempt(), timeout, request.results());
            if (key.direction() == Direction.ACTION) {
                return definition.action(key.step()).run(context);
            }
            definition
                    .compensation(key.step())
                    .orElseThrow(() -> new IllegalStateException(key + " is not to be undone"))
                    .run(context);
            return "";
        }

        private StepAnswer bounded(String result) {
            int bytes = result.getBytes(StandardCharsets.UTF_8).length;
            return bytes <= SagaEvent.RESULT_BYTES_MAX
                    ? new StepAnswer.Done(result)
                    : new StepAnswer.Failed(
                            "the result of step " + request.key().step() + " has " + bytes + " bytes, more than "
                                    + SagaEvent.RESULT_BYTES_MAX + ": return a reference to it");
        }
    }
}
