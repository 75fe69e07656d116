package dev.assent.outbox.policy;

import dev.assent.outbox.model.Batch;
import dev.assent.outbox.model.Body;
import dev.assent.outbox.model.EventAttributes;
import dev.assent.outbox.model.OutboxMessage;
import dev.assent.outbox.model.OutboxRecord;
import dev.assent.outbox.model.PublishOutcome;
import dev.assent.outbox.model.TopicState;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.UUID;

/**
 * One shard in virtual time: the production policy between a model of the outbox and a model of the broker. Topics close
 * and open, records are poisoned, the broker falls silent. What goes wrong ends in an {@link AssertionError} that names
 * the promise.
 */
final class Simulated {
    /** The decisions under test; bugs are planted by overriding one of them. */
    static class Decisions {
        private final BatchPlanner planner = new BatchPlanner(LIMITS);
        private final Settling settling =
                new Settling(new RetryPolicy(Duration.ofMillis(200), Duration.ofSeconds(5), 4, Exhausted.STOP_KEY));

        Plan plan(List<OutboxRecord> due, Screening screening, int recordsMax, BatchPlanner.Turn turn) {
            return planner.plan(due, screening, recordsMax, turn);
        }

        Settlement settle(Batch batch, PublishOutcome outcome) {
            return settling.settle(batch, outcome);
        }

        Settlement refuse(OutboxRecord record, String reason) {
            return settling.refuse(record, reason);
        }

        Screening.Result result(TopicState state) {
            return state.accept(new TopicState.Handler<>() {
                @Override
                public Screening.Result open(TopicState.Open open) {
                    return new Screening.Result.Fit();
                }

                @Override
                public Screening.Result unknown(TopicState.Unknown unknown) {
                    return new Screening.Result.TopicUnknown();
                }

                @Override
                public Screening.Result closed(TopicState.Closed closed) {
                    return new Screening.Result.TopicClosed(closed.reason());
                }

                @Override
                public Screening.Result doubtful(TopicState.Doubtful doubtful) {
                    return new Screening.Result.TopicClosed(doubtful.reason());
                }
            });
        }

        int narrowed(int records) {
            return records;
        }

        boolean mayRelease(TopicState state) {
            return state instanceof TopicState.Open;
        }

        boolean mayMove(boolean isTried) {
            return !isTried;
        }

        /** Whether the broker has the records of a trial. */
        boolean isPublished(boolean isAnswered) {
            return isAnswered;
        }
    }

    private static final BatchLimits LIMITS = new BatchLimits(16, 1_000_000);
    private static final long ROUND_NANOS = Duration.ofMillis(20).toNanos();
    private static final long ASK_NANOS = Duration.ofMillis(30).toNanos();
    /** What a producer waits for a topic that does not answer. */
    private static final long DELIVERY_NANOS = Duration.ofSeconds(8).toNanos();
    /** What records wait for those of other topics that do not answer, while the broker does. */
    private static final long PATIENCE_NANOS = Duration.ofSeconds(2).toNanos();
    /** The bystanders' promise, from the moment the record is there and the broker well. */
    private static final long BYSTANDER_NANOS = Duration.ofSeconds(8).toNanos();

    private static final int TRIED_RECORDS_MAX = 8;

    private static final List<String> TOPICS = List.of("good", "fine", "shaky", "closed", "sick");
    private static final int KEYS = 25;
    private static final int ROWS_MAX = 150;
    private static final int HEALING_ROUNDS = 5_000;
    private static final String POISON = "poison";

    private final Decisions decisions;
    private final SplittableRandom random;
    private final TopicBook book = new TopicBook(TopicLimits.standard());
    private final Isolation isolation = new Isolation(LIMITS.records());

    private long nowNanos;
    private long wellSinceNanos;
    private boolean silent;
    private long nextSeq = 1;
    private BatchPlanner.Turn turn = BatchPlanner.Turn.FRESH;
    private final SortedMap<Long, OutboxRecord> rows = new TreeMap<>();
    private final Map<Long, Long> appendedNanos = new HashMap<>();
    private final Map<String, Parked> parked = new HashMap<>();
    private final SortedSet<String> awaited = new TreeSet<>();
    private final Set<String> closedTopics = new TreeSet<>(Set.of("closed"));
    /** They look open, and do not answer to records. */
    private final Set<String> sickTopics = new TreeSet<>();
    /** Under way apart from the others, by topic. */
    private final SortedMap<String, Tried> tried = new TreeMap<>();

    private final Map<String, List<Long>> published = new HashMap<>();
    private final Map<String, List<Long>> appended = new HashMap<>();
    private final SortedMap<Long, SortedSet<String>> asked = new TreeMap<>();
    /** What the broker has. */
    private final Set<Long> taken = new HashSet<>();

    private int waitsInTheProducer;
    private int closings;

    private record Parked(long seq, int failures, long untilNanos, String topic) {
        boolean isAwake(long nowNanos) {
            return topic.isEmpty() && untilNanos - nowNanos <= 0;
        }
    }

    private record Tried(long endNanos, Batch batch) {}

    Simulated(long seed, Decisions decisions) {
        this.decisions = decisions;
        this.random = new SplittableRandom(seed);
    }

    /** Runs with faults for a while, heals everything, and checks every promise. */
    void run(int rounds) {
        for (int round = 0; round < rounds; round++) {
            append();
            disturb();
            round();
            bystandersArrive();
        }
        closedTopics.clear();
        sickTopics.clear();
        silent = false;
        for (int round = 0; round < HEALING_ROUNDS && !(round % 50 == 0 && isAllPublishedThatCan()); round++) {
            round();
        }
        check(isAllPublishedThatCan(), "what can be published is published once all is well: " + rows.keySet());
        check(
                waitsInTheProducer <= closings,
                "the shard waited " + waitsInTheProducer + " times for topics that closed " + closings + " times");
        published.forEach((key, seqs) -> check(
                appended.getOrDefault(key, List.of()).subList(0, seqs.size()).equals(seqs),
                "key " + key + " is published in order and without gaps: " + seqs));
    }

    private static void check(boolean holds, String promise) {
        if (!holds) {
            throw new AssertionError(promise);
        }
    }

    private void append() {
        for (int i = random.nextInt(3); i > 0 && rows.size() < ROWS_MAX; i--) {
            String key = "key-" + random.nextInt(KEYS);
            // Each key has its topic, some keys two, so that order across topics is seen.
            int of = Integer.parseInt(key.substring(4)) % TOPICS.size();
            String topic = random.nextInt(5) == 0 ? "good" : TOPICS.get(of);
            String body = random.nextInt(150) == 0 ? POISON : "sound";
            EventAttributes event = EventAttributes.json(new UUID(0, nextSeq), "/test", "Tested");
            OutboxMessage message = OutboxMessage.of(topic, key, event, Body.utf8(body));
            rows.put(nextSeq, new OutboxRecord(nextSeq, Instant.EPOCH, 0, false, message));
            appended.computeIfAbsent(key, ignored -> new ArrayList<>()).add(nextSeq);
            appendedNanos.put(nextSeq, nowNanos);
            nextSeq++;
        }
    }

    private void disturb() {
        if (random.nextInt(200) == 0 && !closedTopics.remove("shaky")) {
            closedTopics.add("shaky");
            closings++;
        }
        if (random.nextInt(150) == 0 && !sickTopics.remove("sick")) {
            sickTopics.add("sick");
            closings++;
        }
        if (random.nextInt(400) == 0) {
            silent = true;
        } else if (silent && random.nextInt(40) == 0) {
            silent = false;
            wellSinceNanos = nowNanos;
        }
    }

    private void round() {
        nowNanos += ROUND_NANOS;
        answer();
        endTrials();
        for (String topic : List.copyOf(awaited)) {
            TopicState state = book.stateOf(topic, nowNanos);
            if (decisions.mayRelease(state)) {
                release(topic);
            } else if (state instanceof TopicState.Doubtful && !tried.containsKey(topic)) {
                tryApart(topic);
            }
        }
        Plan plan = decisions.plan(due(), this::screen, isolation.together(), turn);
        plan.held().forEach(one -> {
            awaited.add(one.record().message().topic());
            park(
                    one.record(),
                    new Parked(one.record().seq(), 0, 0, one.record().message().topic()));
        });
        plan.unfit().forEach(one -> carryOut(decisions.refuse(one.record(), one.reason())));
        if (!plan.batch().isEmpty()) {
            turn = plan.batch().records().get(0).failedAttempts() > 0
                    ? BatchPlanner.Turn.FRESH
                    : BatchPlanner.Turn.RETRIED;
            carryOut(decisions.settle(plan.batch(), publish(plan.batch())));
        }
    }

    private void release(String topic) {
        if (!tried.containsKey(topic)) {
            awaited.remove(topic);
        }
        parked.replaceAll((key, one) -> one.topic().equals(topic) && decisions.mayMove(isTried(one.seq()))
                ? new Parked(one.seq(), 0, nowNanos, "")
                : one);
    }

    private boolean isTried(long seq) {
        return tried.values().stream().anyMatch(one -> one.batch().seqs().contains(seq));
    }

    private void tryApart(String topic) {
        List<OutboxRecord> firsts = parked.values().stream()
                .filter(one -> one.topic().equals(topic))
                .map(one -> Optional.ofNullable(rows.get(one.seq())).orElseThrow())
                .sorted(Comparator.comparingLong(OutboxRecord::seq))
                .limit(TRIED_RECORDS_MAX)
                .toList();
        if (firsts.isEmpty()) {
            awaited.remove(topic);
            return;
        }
        boolean isAnswered = !silent && !isDeaf(topic);
        tried.put(topic, new Tried(nowNanos + (isAnswered ? ASK_NANOS : DELIVERY_NANOS), new Batch(firsts)));
    }

    private boolean isDeaf(String topic) {
        return closedTopics.contains(topic) || sickTopics.contains(topic);
    }

    private void endTrials() {
        for (Map.Entry<String, Tried> one : List.copyOf(tried.entrySet())) {
            if (one.getValue().endNanos() - nowNanos > 0) {
                continue;
            }
            String topic = one.getKey();
            Batch batch = one.getValue().batch();
            tried.remove(topic);
            boolean isAnswered = !silent && !isDeaf(topic);
            boolean isRefused = batch.records().stream()
                    .anyMatch(record -> record.message().body().toUtf8().equals(POISON));
            if (isAnswered) {
                book.published(topic);
            } else {
                book.blame(topic, "no answer", nowNanos);
            }
            if (isAnswered && !isRefused) {
                batch.records().forEach(record -> taken.add(record.seq()));
            }
            if (decisions.isPublished(isAnswered) && !isRefused) {
                carryOut(new Settlement.Acknowledge(batch));
            }
        }
    }

    /** Questions travel beside the rounds, and are answered a little later. */
    private void answer() {
        SortedSet<String> toAsk = book.toAsk(nowNanos, 100);
        if (!toAsk.isEmpty()) {
            book.unanswered(toAsk, nowNanos);
            asked.put(nowNanos + ASK_NANOS, toAsk);
        }
        SortedMap<Long, SortedSet<String>> due = asked.headMap(nowNanos + 1);
        if (!silent) {
            due.values().stream()
                    .flatMap(Collection::stream)
                    .forEach(topic -> book.answered(
                            topic,
                            closedTopics.contains(topic)
                                    ? TopicBook.Answer.closed("missing")
                                    : TopicBook.Answer.open(OptionalLong.empty()),
                            nowNanos));
        }
        due.clear();
    }

    private List<OutboxRecord> due() {
        List<OutboxRecord> due = new ArrayList<>();
        int head = 0;
        for (OutboxRecord row : rows.values()) {
            Optional<Parked> key = Optional.ofNullable(parked.get(row.key().value()));
            if (key.isEmpty()) {
                if (head++ < LIMITS.records()) {
                    due.add(row);
                }
            } else if (key.get().isAwake(nowNanos)) {
                boolean isFirst = key.get().seq() == row.seq();
                int failures = key.get().failures();
                if (isFirst || failures == 0) {
                    due.add(new OutboxRecord(row.seq(), row.createdAt(), isFirst ? failures : 0, true, row.message()));
                }
            }
        }
        return due;
    }

    private Screening.Result screen(OutboxRecord record) {
        return decisions.result(book.stateOf(record.message().topic(), nowNanos));
    }

    private PublishOutcome publish(Batch batch) {
        if (silent) {
            nowNanos += DELIVERY_NANOS;
            return new PublishOutcome.Unavailable("silent");
        }
        SortedSet<String> unanswered = new TreeSet<>();
        List<Long> refused = new ArrayList<>();
        for (OutboxRecord record : batch.records()) {
            check(
                    book.stateOf(record.message().topic(), nowNanos) instanceof TopicState.Open,
                    "record " + record.seq() + " is sent to a topic that is known to be open");
            check(!isTried(record.seq()), "record " + record.seq() + " is not sent twice at a time");
            if (isDeaf(record.message().topic())) {
                unanswered.add(record.message().topic());
            } else if (record.message().body().toUtf8().equals(POISON)) {
                refused.add(record.seq());
            }
        }
        if (!unanswered.isEmpty()) {
            waitsInTheProducer++;
            nowNanos += PATIENCE_NANOS;
            unanswered.forEach(topic -> book.blame(topic, "no answer", nowNanos));
            return new PublishOutcome.TopicsClosed(unanswered, "no answer");
        }
        if (!refused.isEmpty()) {
            // Sometimes the broker names the whole batch.
            return new PublishOutcome.Rejected(random.nextBoolean() ? refused : batch.seqs(), "policy");
        }
        batch.records().forEach(record -> {
            taken.add(record.seq());
            book.published(record.message().topic());
        });
        return new PublishOutcome.Published();
    }

    private void park(OutboxRecord record, Parked how) {
        check(
                rows.values().stream()
                        .noneMatch(one -> one.seq() < record.seq() && one.key().equals(record.key())),
                "record " + record.seq() + " is parked as the first of its key");
        parked.put(record.key().value(), how);
    }

    private void carryOut(Settlement settlement) {
        settlement.accept(new Settlement.Handler<Boolean, RuntimeException>() {
            @Override
            public Boolean acknowledge(Settlement.Acknowledge done) {
                isolation.published();
                done.batch().records().forEach(record -> delete(record));
                return true;
            }

            @Override
            public Boolean park(Settlement.Park one) {
                isPoisoned(one.refused());
                Simulated.this.park(
                        one.refused(),
                        new Parked(
                                one.refused().seq(),
                                one.failures(),
                                nowNanos + one.pause().toNanos(),
                                ""));
                return true;
            }

            @Override
            public Boolean stopKey(Settlement.StopKey one) {
                isPoisoned(one.refused());
                Simulated.this.park(one.refused(), new Parked(one.refused().seq(), one.failures(), 0, "an operator"));
                return true;
            }

            @Override
            public Boolean deadLetter(Settlement.DeadLetter one) {
                throw new AssertionError("nobody asked for dead letters");
            }

            @Override
            public Boolean isolate(Settlement.Isolate some) {
                isolation.narrow(decisions.narrowed(some.records()));
                return true;
            }

            @Override
            public Boolean screenAgain(Settlement.ScreenAgain again) {
                return true;
            }

            @Override
            public Boolean backOff(Settlement.BackOff wait) {
                return true;
            }

            @Override
            public Boolean claimAgain(Settlement.ClaimAgain why) {
                throw new AssertionError("nobody fences");
            }
        });
    }

    private void delete(OutboxRecord record) {
        String key = record.key().value();
        check(taken.contains(record.seq()), "record " + record.seq() + " is with the broker");
        check(rows.remove(record.seq()) != null, "record " + record.seq() + " is published once");
        published.computeIfAbsent(key, ignored -> new ArrayList<>()).add(record.seq());
        parked.remove(key);
    }

    private static void isPoisoned(OutboxRecord record) {
        check(record.message().body().toUtf8().equals(POISON), "only a poisoned record is refused: " + record.seq());
    }

    private boolean isBehindTrouble(OutboxRecord row) {
        return rows.values().stream()
                .filter(one -> one.key().equals(row.key()) && one.seq() <= row.seq())
                .anyMatch(one -> one.message().body().toUtf8().equals(POISON)
                        || Set.of("shaky", "closed", "sick")
                                .contains(one.message().topic()));
    }

    /** A record with nothing troubled before it in its key does not wait long for the troubles of others. */
    private void bystandersArrive() {
        if (silent || nowNanos - wellSinceNanos < BYSTANDER_NANOS) {
            return;
        }
        for (OutboxRecord row : rows.values()) {
            long waited = nowNanos - appendedNanos.getOrDefault(row.seq(), nowNanos);
            check(
                    waited < BYSTANDER_NANOS || isBehindTrouble(row),
                    "bystander " + row.seq() + " has waited for " + Duration.ofNanos(waited));
        }
    }

    private boolean isAllPublishedThatCan() {
        return rows.values().stream().allMatch(row -> rows.values().stream()
                .anyMatch(one -> one.key().equals(row.key())
                        && one.seq() <= row.seq()
                        && one.message().body().toUtf8().equals(POISON)));
    }
}
