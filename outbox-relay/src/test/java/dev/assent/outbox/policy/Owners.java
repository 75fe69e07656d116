package dev.assent.outbox.policy;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * One shard whose owners replace each other while each may be paused before any of its steps, between a model of the
 * database and a model of the broker whose marks may hang. What goes wrong ends in an {@link AssertionError}.
 */
final class Owners {
    /** The decisions under test; bugs are planted by overriding one of them. */
    static class Decisions {
        boolean mayBePassedOver(LastTransaction last) {
            return last.mayBePassedOver();
        }

        GuardedCommit.Steps<Boolean> guarded(GuardedCommit.Steps<Boolean> steps) {
            return steps;
        }
    }

    private static final List<String> IDS = List.of("main", "side");
    private static final int READ_MAX = 2;
    private static final int HEALING_STEPS = 2_000;

    private final Decisions decisions;
    private final SplittableRandom random;
    private final List<Owner> owners = new ArrayList<>();

    private long epoch;
    private final TreeSet<Long> rows = new TreeSet<>();
    private long appended;

    private boolean hanging;
    private final Map<String, Id> ids = new TreeMap<>();
    /** In the order of the broker's log. */
    private final List<Long> committed = new ArrayList<>();

    /** The newest owner that reads. */
    private long serving;

    private long passedOver;

    /** A transactional id at the coordinator. */
    private static final class Id {
        private int producer;
        private LastTransaction last = LastTransaction.OTHER;
    }

    Owners(long seed, Decisions decisions) {
        this.decisions = decisions;
        this.random = new SplittableRandom(seed);
        IDS.forEach(id -> ids.put(id, new Id()));
    }

    /**
     * Runs with faults for a while, then lets one last owner finish.
     *
     * @return how often an owner took over without fencing an id
     */
    long run(int steps) {
        for (int step = 0; step < steps; step++) {
            disturb();
            if (!owners.isEmpty()) {
                owners.get(random.nextInt(owners.size())).step();
            }
        }
        hang(false);
        Owner last = new Owner(owners.size() + 1);
        for (int step = 0; step < HEALING_STEPS && !rows.isEmpty(); step++) {
            last.step();
        }
        owners.forEach(one -> {
            for (int step = 0; step < HEALING_STEPS; step++) {
                one.step();
            }
        });
        check(rows.isEmpty(), "everything is published in the end, but not " + rows);
        check(isInOrder(), "no record comes after a later one, but as its copy: " + committed);
        return passedOver;
    }

    private static void check(boolean holds, String promise) {
        if (!holds) {
            throw new AssertionError(promise);
        }
    }

    private boolean isInOrder() {
        long newest = 0;
        for (long seq : committed) {
            if (seq > newest + 1) {
                return false;
            }
            newest = Math.max(newest, seq);
        }
        return newest == appended;
    }

    private void disturb() {
        if (rows.size() < 6 && random.nextInt(3) == 0) {
            rows.add(++appended);
        }
        if (random.nextInt(15) == 0) {
            hang(!hanging);
        }
        if (owners.isEmpty() || (owners.size() < 4 && random.nextInt(60) == 0)) {
            owners.add(new Owner(owners.size() + 1));
        }
    }

    private void hang(boolean now) {
        hanging = now;
        if (!hanging) {
            ids.values().stream()
                    .filter(id -> id.last == LastTransaction.ENDING)
                    .forEach(id -> id.last = LastTransaction.OTHER);
        }
    }

    private Id id(String name) {
        return Optional.ofNullable(ids.get(name)).orElseThrow();
    }

    private void end(Id id) {
        id.last = hanging ? LastTransaction.ENDING : LastTransaction.OTHER;
    }

    /** Fences the id, if the coordinator can by now; the producer that may use it from now on. */
    private Optional<Integer> initialized(Id id) {
        if (id.last == LastTransaction.OPEN) {
            id.producer++;
            end(id);
        }
        return id.last == LastTransaction.ENDING ? Optional.empty() : Optional.of(++id.producer);
    }

    /** What is to be done next. */
    private enum Phase {
        CLAIM,
        FENCE,
        READ,
        PUBLISH,
        DELETE,
        GONE
    }

    private final class Owner {
        private final long mine;
        private Phase phase = Phase.CLAIM;
        private final TreeMap<String, Integer> producers = new TreeMap<>();
        private final List<String> toFence = new ArrayList<>();
        private Optional<String> unfenced = Optional.empty();
        private List<Long> batch = List.of();
        private Optional<GuardedCommit<Boolean>> commit = Optional.empty();

        Owner(long mine) {
            this.mine = mine;
        }

        void step() {
            phase = switch (phase) {
                case CLAIM -> claim();
                case FENCE -> fence();
                case READ -> read();
                case PUBLISH -> publish();
                case DELETE -> delete();
                case GONE -> Phase.GONE;
            };
        }

        private Phase claim() {
            if (epoch > mine) {
                return Phase.GONE;
            }
            epoch = mine;
            producers.clear();
            toFence.clear();
            toFence.addAll(IDS);
            unfenced = Optional.empty();
            return Phase.FENCE;
        }

        /** One request to the coordinator. */
        private Phase fence() {
            if (unfenced.isPresent()) {
                boolean isPassedOver = decisions.mayBePassedOver(id(unfenced.get()).last);
                passedOver += isPassedOver ? 1 : 0;
                unfenced = Optional.empty();
                return isPassedOver ? Phase.FENCE : Phase.CLAIM;
            }
            if (toFence.isEmpty()) {
                return producers.isEmpty() ? Phase.CLAIM : Phase.READ;
            }
            String next = toFence.remove(0);
            boolean isHeard = random.nextInt(8) > 0;
            Optional<Integer> producer = isHeard ? initialized(id(next)) : Optional.empty();
            producer.ifPresent(one -> producers.put(next, one));
            unfenced = producer.isPresent() ? Optional.empty() : Optional.of(next);
            return Phase.FENCE;
        }

        private Phase read() {
            if (epoch != mine) {
                return Phase.GONE;
            }
            serving = Math.max(serving, mine);
            batch = rows.stream().limit(READ_MAX).toList();
            commit = Optional.empty();
            return batch.isEmpty() ? Phase.READ : Phase.PUBLISH;
        }

        private Phase publish() {
            GuardedCommit<Boolean> now =
                    commit.orElseGet(() -> new GuardedCommit<>(decisions.guarded(new OnProducer(anyProducer()))));
            commit = Optional.of(now);
            Optional<Boolean> result = now.advance();
            if (result.isEmpty()) {
                return Phase.PUBLISH;
            }
            return result.get() ? Phase.DELETE : Phase.CLAIM;
        }

        private String anyProducer() {
            List<String> open = List.copyOf(producers.keySet());
            return open.get(random.nextInt(open.size()));
        }

        private Phase delete() {
            if (epoch != mine) {
                return Phase.GONE;
            }
            batch.forEach(rows::remove);
            return Phase.READ;
        }

        /** The requests of one transaction; each may come long after the one before. */
        private final class OnProducer implements GuardedCommit.Steps<Boolean> {
            private final Id id;
            private final int producer;

            OnProducer(String name) {
                this.id = id(name);
                this.producer = Optional.ofNullable(producers.get(name)).orElseThrow();
            }

            @Override
            public Optional<Boolean> send() {
                if (id.producer != producer || id.last == LastTransaction.ENDING) {
                    return Optional.of(false);
                }
                id.last = LastTransaction.OPEN;
                return Optional.empty();
            }

            @Override
            public Optional<Boolean> checkOwnership() {
                return epoch == mine ? Optional.empty() : Optional.of(false);
            }

            @Override
            public Boolean commit() {
                if (id.producer != producer || id.last != LastTransaction.OPEN) {
                    return false;
                }
                check(serving <= mine, "owner " + mine + " publishes although " + serving + " has read since");
                end(id);
                committed.addAll(batch);
                return true;
            }
        }
    }
}
