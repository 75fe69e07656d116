package dev.assent.saga.sim;

import dev.assent.saga.model.CallKey;
import dev.assent.saga.model.Direction;
import dev.assent.saga.model.SagaId;
import dev.assent.saga.model.SagaPlan;
import dev.assent.saga.model.StepAnswer;
import dev.assent.saga.spi.StepCalls;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** The calls of one process, over a network that loses and delays them. */
final class SimCalls implements StepCalls {
    private final SimRun run;
    private final SimProcess process;
    private final Map<String, SagaPlan> plans;
    private final Map<CallKey, Integer> failures = new TreeMap<>();

    SimCalls(SimRun run, SimProcess process, Map<String, SagaPlan> plans) {
        this.run = run;
        this.process = process;
        this.plans = plans;
    }

    @Override
    public Optional<SagaPlan> plan(String name, int version) {
        return Optional.ofNullable(plans.get(name)).filter(plan -> plan.version() == version);
    }

    @Override
    public Attempt call(Request request) {
        CompletableFuture<StepAnswer> answer = new CompletableFuture<>();
        process.effect("call");
        run.trace.called(process.id, request.key());
        run.audit.called(process, request);
        if (isFlawed(request)) {
            answer.complete(new StepAnswer.Done(""));
            if (run.flaw == Flaw.DONE_WHEN_CALLED) {
                send(request, new CompletableFuture<>());
            }
        } else {
            send(request, answer);
        }
        return new Attempt() {
            @Override
            public CompletionStage<StepAnswer> answer() {
                return answer;
            }

            @Override
            public void giveUp() {
                // What is on its way cannot be called back.
            }
        };
    }

    /** Whether the planted bug answers by itself. */
    private boolean isFlawed(Request request) {
        CallKey key = request.key();
        boolean compensates = key.direction() == Direction.COMPENSATION;
        return switch (run.flaw) {
            case UNANSWERED_IS_NOT_COMPENSATED ->
                compensates && !request.results().containsKey(key.step());
            case TIMED_OUT_IS_WITHOUT_EFFECT ->
                compensates
                        && !request.results().containsKey(key.step())
                        && failures.containsKey(new CallKey(key.saga(), key.step(), Direction.ACTION));
            case COMPENSATION_GIVEN_UP -> compensates && request.attempt() > 3;
            case DONE_WHEN_CALLED -> !compensates;
            default -> false;
        };
    }

    private void send(Request request, CompletableFuture<StepAnswer> answer) {
        SimWorld world = run.world;
        long there = run.faults.serviceTime();
        failures.merge(request.key(), 1, Integer::sum);
        if (run.faults.losesCall()) {
            if (world.chance(0.5)) {
                world.after(there, () -> answer.complete(new StepAnswer.Failed("connection refused")));
            }
            return;
        }
        boolean late = run.faults.delaysCall();
        boolean silent = run.faults.losesCallAnswer();
        if (late || silent) {
            if (world.chance(0.5)) {
                world.after(there + 20, () -> answer.complete(new StepAnswer.Failed("connection reset")));
            }
        }
        String effectKey = effectKey(request);
        world.after(late ? there + world.between(0, 20_000) : there, () -> {
            StepAnswer said = run.services.handle(mirrored(request), effectKey);
            process.effect("served");
            if (!silent) {
                world.after(run.faults.delay(), () -> {
                    if (said instanceof StepAnswer.Done) {
                        failures.remove(request.key());
                    }
                    answer.complete(heard(request, said));
                });
            }
        });
    }

    private StepAnswer heard(Request request, StepAnswer said) {
        boolean refusedCompensation =
                request.key().direction() == Direction.COMPENSATION && said instanceof StepAnswer.Refused;
        return refusedCompensation && run.flaw == Flaw.REFUSED_COMPENSATION_COUNTS ? new StepAnswer.Done("") : said;
    }

    private String effectKey(Request request) {
        SagaId saga = request.key().saga();
        String key = saga + "/" + request.key().step();
        return switch (run.flaw) {
            case KEY_PER_ATTEMPT -> key + "/" + request.attempt();
            case KEY_PER_EXECUTOR -> key + "/" + process.id;
            default -> key;
        };
    }

    /** With the bug planted, the last step's compensation in the place of the first one's. */
    private CallKey mirrored(Request request) {
        CallKey key = request.key();
        if (run.flaw != Flaw.COMPENSATES_FORWARD || key.direction() == Direction.ACTION) {
            return key;
        }
        List<String> steps =
                request.header().shape().stream().flatMap(List::stream).toList();
        return new CallKey(key.saga(), steps.get(steps.size() - 1 - steps.indexOf(key.step())), key.direction());
    }
}
