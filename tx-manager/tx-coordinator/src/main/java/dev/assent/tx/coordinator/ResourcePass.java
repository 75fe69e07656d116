package dev.assent.tx.coordinator;

import dev.assent.tx.model.BranchId;
import dev.assent.tx.model.EpochCensus;
import dev.assent.tx.model.GcMark;
import dev.assent.tx.model.GlobalTxId;
import dev.assent.tx.model.ParsedBranch;
import dev.assent.tx.model.ResourceName;
import dev.assent.tx.model.ShardKey;
import dev.assent.tx.recovery.RecoveryCommand;
import dev.assent.tx.recovery.RecoveryPlan;
import dev.assent.tx.spi.AbsenceBoard;
import dev.assent.tx.spi.ResourceManager;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import java.util.stream.Collectors;

/**
 * One pass over one resource, in the order that {@link RecoveryPlan} needs: the census was taken before it; the
 * question that waits for an answer; marks; the scan; the records of the branches found; the commands; the answer.
 *
 * <p>The store is asked on threads of the crew, the resource on its own; between them nobody waits. Used once.
 */
final class ResourcePass {
    /** A second scan is due when the first finds suspects; a third one when new ones came meanwhile. */
    private static final int SCANS_MAX = 3;

    /** Branches ended at once. */
    private static final int AT_ONCE_MAX = 8;

    private final RecoveryWorker.Context around;
    private final ResourceManager resource;
    private final ResourceName.Hash hash;
    private final Executor crew;
    private final Patience patience;
    private final Consumer<RecoveryCommand.LeaveAlone> leftAlone;
    private final RecoveryPlan plan;
    private final Map<ShardKey, GcMark> marks = new LinkedHashMap<>();
    private Optional<AbsenceBoard.Question> question = Optional.empty();
    private int scans;

    /**
     * How many branches a pass met, and what became of them.
     *
     * @param oldestDeadlineEpochMillis the earliest of their deadlines; 0 if there is none
     */
    record Tally(int inDoubt, long oldestDeadlineEpochMillis, int ended, int resisted) {
        static Tally of(List<ParsedBranch.Ours> seen) {
            long oldest = seen.stream()
                    .mapToLong(branch -> branch.transaction().deadlineEpochMillis())
                    .min()
                    .orElse(0);
            return new Tally(seen.size(), oldest, 0, 0);
        }

        Tally with(RecoveryStep.Result result) {
            return switch (result) {
                case ENDED -> new Tally(inDoubt, oldestDeadlineEpochMillis, ended + 1, resisted);
                case RESISTED -> new Tally(inDoubt, oldestDeadlineEpochMillis, ended, resisted + 1);
                case LEFT -> this;
            };
        }

        /** Nothing but resistance: perhaps another process is better at it. */
        boolean isFruitless() {
            return resisted > 0 && ended == 0;
        }
    }

    ResourcePass(
            RecoveryWorker.Context around,
            ResourceManager resource,
            EpochCensus epochs,
            Executor crew,
            Patience patience,
            Consumer<RecoveryCommand.LeaveAlone> leftAlone) {
        this.around = around;
        this.resource = resource;
        this.hash = new ResourceName(resource.name()).hash();
        this.crew = crew;
        this.patience = patience;
        this.leftAlone = leftAlone;
        this.plan = new RecoveryPlan(
                around.store().cluster(),
                epochs,
                new RecoveryPlan.Timing(
                        around.clock().epochMillis(), around.settings().grace().toMillis(), around.endingHere()));
    }

    /**
     * Runs the pass; to be called on the crew. Fails with an {@link UncheckedIOException} when the store cannot be
     * asked, and with anything else when the resource cannot, or does not answer in time.
     */
    CompletionStage<Tally> run() {
        question = asking(() -> around.store().board().question(hash));
        return scan();
    }

    private CompletionStage<Tally> scan() {
        scans++;
        return patience.bounded(resource.inDoubt()).thenComposeAsync(this::scanned, crew);
    }

    /** What is suspect in a scan that came before the mark was read has to be seen again after it. */
    private CompletionStage<Tally> scanned(List<BranchId> inDoubt) {
        List<ParsedBranch.Ours> ours = plan.ours(hash, inDoubt);
        Set<ShardKey> needed = plan.marksToRead(ours);
        if (!marks.keySet().containsAll(needed) && scans < SCANS_MAX) {
            for (ShardKey shard : needed) {
                marks.computeIfAbsent(
                        shard, key -> asking(() -> around.store().decisions().gcMark(key)));
            }
            return scan();
        }
        List<RecoveryCommand> commands = plan.commands(
                ours, marks, asking(() -> around.store().decisions().readAll(plan.recordsToRead(ours))));
        return inTurns(new ArrayDeque<>(commands), Tally.of(ours))
                .thenApplyAsync(
                        tally -> {
                            question.ifPresent(open -> answer(open, ours));
                            return tally;
                        },
                        crew);
    }

    private CompletionStage<Tally> inTurns(Deque<RecoveryCommand> left, Tally tally) {
        if (left.isEmpty()) {
            return CompletableFuture.completedStage(tally);
        }
        CompletionStage<Tally> turn = CompletableFuture.completedStage(tally);
        for (int started = 0; started < AT_ONCE_MAX && !left.isEmpty(); started++) {
            CompletionStage<RecoveryStep.Result> step =
                    new RecoveryStep(around, resource, crew, patience, leftAlone).run(left.removeFirst());
            turn = turn.thenCombine(step, Tally::with);
        }
        return turn.thenComposeAsync(so -> inTurns(left, so), crew);
    }

    private void answer(AbsenceBoard.Question open, List<ParsedBranch.Ours> scanned) {
        Set<GlobalTxId> inDoubt = scanned.stream()
                .map(ParsedBranch.Ours::transaction)
                .filter(open.about()::contains)
                .collect(Collectors.toSet());
        AbsenceBoard.Answer answer = new AbsenceBoard.Answer(open.number(), inDoubt);
        asking(() -> {
            if (!around.store().board().answer(hash).equals(Optional.of(answer))) {
                around.store().board().answer(hash, answer);
            }
            return answer;
        });
    }

    /** A question to the store. */
    private interface Asked<T> {
        T ask() throws IOException;
    }

    private static <T> T asking(Asked<T> question) {
        try {
            return question.ask();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
