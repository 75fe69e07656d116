package dev.assent.saga.sim;

import dev.assent.saga.model.CallKey;
import dev.assent.saga.model.Direction;
import dev.assent.saga.model.SagaId;
import dev.assent.saga.model.StepAnswer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/** All services that steps call, with the guard that they are asked to have: a table of keys. */
final class SimServices {
    private final SimWorld world;
    private final SimFaults faults;
    private final Flaw flaw;
    private final SagaTrace trace;
    private final Map<String, Guard> guards = new TreeMap<>();
    private final Set<String> refusing = new TreeSet<>();
    final List<Effect> effects = new ArrayList<>();

    private enum Guard {
        ACTED,
        /** The compensation came first. */
        BLOCKED,
        COMPENSATED
    }

    /** Something that a customer could notice. */
    record Effect(long at, SagaId saga, String step, Direction direction) {}

    SimServices(SimWorld world, SimFaults faults, Flaw flaw, SagaTrace trace) {
        this.world = world;
        this.faults = faults;
        this.flaw = flaw;
        this.trace = trace;
    }

    /** That step's action is refused, always. */
    void refuse(SagaId saga, String step) {
        refusing.add(saga + "/" + step);
    }

    StepAnswer handle(CallKey key, String effectKey) {
        boolean acts = key.direction() == Direction.ACTION;
        if (faults.fails() || (!acts && faults.refuses())) {
            return world.chance(0.5) && !acts ? new StepAnswer.Refused("not now") : new StepAnswer.Failed("deadlock");
        }
        String mirroredKey = effectKey.replaceFirst("/[^/]+", "/" + key.step());
        return acts ? act(key, mirroredKey) : compensate(key, mirroredKey);
    }

    private StepAnswer act(CallKey key, String effectKey) {
        Guard guard = guards.get(effectKey);
        if (guard == Guard.ACTED) {
            return new StepAnswer.Done("result of " + key.step());
        }
        if (guard != null && flaw != Flaw.LATE_ACTION_IS_NOT_BLOCKED) {
            return new StepAnswer.Refused("compensated already");
        }
        if (refusing.contains(key.saga() + "/" + key.step()) || faults.refuses()) {
            return new StepAnswer.Refused("sold out");
        }
        guards.put(effectKey, Guard.ACTED);
        trace.took(key);
        effect(key);
        return new StepAnswer.Done("result of " + key.step());
    }

    private StepAnswer compensate(CallKey key, String effectKey) {
        Guard guard = guards.get(effectKey);
        if (guard == Guard.ACTED || (guard == null && flaw == Flaw.UNDOES_WHAT_NEVER_WAS)) {
            effect(key);
        }
        if (guard == null || guard == Guard.ACTED) {
            trace.took(key);
        }
        guards.put(effectKey, guard == Guard.ACTED ? Guard.COMPENSATED : Guard.BLOCKED);
        return new StepAnswer.Done("");
    }

    private void effect(CallKey key) {
        world.tell("effect " + key);
        effects.add(new Effect(world.now(), key.saga(), key.step(), key.direction()));
    }
}
