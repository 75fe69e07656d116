package dev.assent.rm.tcc;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Every interleaving of one try with two deliveries of the same decision, each of which may crash between any two
 * statements and after its commit, and come again. Statements wait for each other as in PostgreSQL: an insert for an open
 * insert of the same key, a locking read for an open change. What is done about a row is {@link FenceRule}'s, as in
 * production.
 */
final class FenceModel {
    private static final int OPS = 3;
    private static final int TRY = 0;
    private static final int CRASHES_MAX = 3;
    private static final int DELIVERIES_MAX = 4;
    private static final int NOBODY = -1;

    private final Flaw flaw;
    private final boolean commit;
    private final Set<String> seen = new HashSet<>();

    FenceModel(Flaw flaw, boolean commit) {
        this.flaw = flaw;
        this.commit = commit;
    }

    /** Where an operation is. */
    private enum At {
        START,
        INSERT,
        AGAIN,
        WORK,
        UPDATE,
        COMMIT,
        ROW_FIRST,
        ROW_LAST,
        OVER
    }

    /** One state of the database and of the three operations. */
    private static final class World {
        @Nullable
        FenceState row;

        int holder = NOBODY;
        int tried;
        int confirmed;
        int cancelled;
        boolean answered;
        int crashes;
        int deliveries;
        final At[] at = {At.START, At.START, At.START};
        final FenceState[] rowOf = new FenceState[OPS];
        final int[] workOf = new int[OPS];

        World copy() {
            World copy = new World();
            copy.row = row;
            copy.holder = holder;
            copy.tried = tried;
            copy.confirmed = confirmed;
            copy.cancelled = cancelled;
            copy.answered = answered;
            copy.crashes = crashes;
            copy.deliveries = deliveries;
            for (int op = 0; op < OPS; op++) {
                copy.at[op] = at[op];
                copy.rowOf[op] = rowOf[op];
                copy.workOf[op] = workOf[op];
            }
            return copy;
        }

        String key() {
            StringBuilder key = new StringBuilder();
            key.append(row)
                    .append(holder)
                    .append(tried)
                    .append(confirmed)
                    .append(cancelled)
                    .append(answered);
            key.append(crashes).append(deliveries);
            for (int op = 0; op < OPS; op++) {
                key.append(at[op]).append(rowOf[op]).append(workOf[op]);
            }
            return key.toString();
        }
    }

    int states() {
        return seen.size();
    }

    /** What went wrong in some run; empty if nothing ever does. */
    Optional<String> explore() {
        Deque<World> open = new ArrayDeque<>();
        open.push(new World());
        while (!open.isEmpty()) {
            World world = open.pop();
            if (!seen.add(world.key())) {
                continue;
            }
            Optional<String> wrong = always(world).or(() -> isQuiet(world) ? atTheEnd(world) : Optional.empty());
            if (wrong.isPresent()) {
                return wrong;
            }
            for (int op = 0; op < OPS; op++) {
                successors(world, op, open);
            }
        }
        return Optional.empty();
    }

    private void successors(World world, int op, Deque<World> open) {
        if (world.at[op] == At.OVER || !mayRun(world, op)) {
            return;
        }
        World next = world.copy();
        if (step(next, op)) {
            open.push(next);
        }
        if (world.crashes < CRASHES_MAX && world.at[op] != At.START) {
            World crashed = world.copy();
            crash(crashed, op);
            open.push(crashed);
            if (world.at[op] == At.COMMIT || world.at[op] == At.ROW_LAST) {
                World unanswered = world.copy();
                step(unanswered, op);
                if (op != TRY) {
                    unanswered.answered = world.answered;
                    unanswered.crashes++;
                    again(unanswered, op);
                }
                open.push(unanswered);
            }
        }
    }

    /** COMMIT is decided only after the vote, which the try's own commit is. */
    private boolean mayRun(World world, int op) {
        return op == TRY || !commit || (world.at[TRY] == At.OVER && world.tried > 0);
    }

    private boolean isQuiet(World world) {
        for (int op = 0; op < OPS; op++) {
            if (world.at[op] != At.OVER && mayRun(world, op)) {
                return false;
            }
        }
        return true;
    }

    private static void crash(World world, int op) {
        world.crashes++;
        release(world, op);
        if (op == TRY) {
            world.at[op] = At.OVER; // nobody tries again
        } else {
            again(world, op);
        }
    }

    private static void again(World world, int op) {
        world.at[op] = ++world.deliveries < DELIVERIES_MAX ? At.START : At.OVER;
    }

    private static void release(World world, int op) {
        if (world.holder == op) {
            world.holder = NOBODY;
        }
        world.rowOf[op] = null;
        world.workOf[op] = 0;
    }

    /** One statement; false while it has to wait. */
    private boolean step(World world, int op) {
        return switch (world.at[op]) {
            case START -> op == TRY ? insert(world, op, FenceState.TRIED, At.WORK) : read(world, op);
            case INSERT -> insert(world, op, FenceState.CANCELLED, At.COMMIT);
            case AGAIN -> read(world, op);
            case WORK -> {
                world.workOf[op] = 1;
                world.at[op] = op == TRY ? At.COMMIT : At.UPDATE;
                yield true;
            }
            case UPDATE -> {
                world.rowOf[op] = commit ? FenceState.CONFIRMED : FenceState.CANCELLED;
                world.at[op] = At.COMMIT;
                yield true;
            }
            case COMMIT -> committed(world, op);
            case ROW_FIRST -> {
                world.row = op == TRY ? FenceState.TRIED : commit ? FenceState.CONFIRMED : FenceState.CANCELLED;
                world.at[op] = At.WORK;
                yield true;
            }
            case ROW_LAST -> {
                world.row = op == TRY ? FenceState.TRIED : commit ? FenceState.CONFIRMED : FenceState.CANCELLED;
                world.at[op] = At.OVER;
                world.answered |= op != TRY;
                yield true;
            }
            case OVER -> throw new IllegalStateException("it is over");
        };
    }

    private boolean insert(World world, int op, FenceState row, At then) {
        if (world.holder != NOBODY && world.holder != op) {
            return false;
        }
        if (world.row == null || (op == TRY && flaw == Flaw.TRY_IGNORES_THE_ROW)) {
            if (op == TRY
                    && FenceRule.onTry(Optional.ofNullable(world.row)) != FenceRule.Step.TRY
                    && flaw == Flaw.NONE) {
                throw new IllegalStateException("the rule and the table disagree");
            }
            world.holder = op;
            world.rowOf[op] = row;
            world.at[op] = op == TRY ? begun(then) : then;
            return true;
        }
        world.at[op] = op == TRY ? At.OVER : At.AGAIN;
        return true;
    }

    private boolean read(World world, int op) {
        if (world.row != null && world.holder != NOBODY && world.holder != op && flaw != Flaw.ENDS_WITHOUT_LOCK) {
            return false;
        }
        Optional<FenceState> row = Optional.ofNullable(world.row);
        switch (flawed(commit ? FenceRule.onCommit(row) : FenceRule.onRollback(row), row)) {
            case CONFIRM, CANCEL -> {
                if (flaw != Flaw.ENDS_WITHOUT_LOCK) {
                    world.holder = op;
                }
                world.at[op] = begun(At.WORK);
            }
            case FENCE_OFF -> world.at[op] = At.INSERT;
            case DONE, NOT_KNOWN -> {
                world.answered = true;
                world.at[op] = At.OVER;
            }
            case TRY, REFUSE, CONTRADICTED -> throw new IllegalStateException("never, with one decision");
        }
        return true;
    }

    private At begun(At work) {
        return flaw == Flaw.ROW_BEFORE_WORK ? At.ROW_FIRST : work;
    }

    private FenceRule.Step flawed(FenceRule.Step step, Optional<FenceState> row) {
        if (row.isEmpty() && !commit) {
            return switch (flaw) {
                case EMPTY_CANCEL_WRITES_NO_ROW -> FenceRule.Step.DONE;
                case EMPTY_CANCEL_DOES_THE_WORK -> FenceRule.Step.CANCEL;
                default -> step;
            };
        }
        if (step == FenceRule.Step.DONE && flaw == Flaw.CONFIRM_REPEATS && commit) {
            return FenceRule.Step.CONFIRM;
        }
        if (step == FenceRule.Step.DONE && flaw == Flaw.CANCEL_REPEATS && !commit) {
            return FenceRule.Step.CANCEL;
        }
        return step;
    }

    private boolean committed(World world, int op) {
        if (op == TRY) {
            world.tried += world.workOf[op];
        } else if (commit) {
            world.confirmed += world.workOf[op];
        } else {
            world.cancelled += world.workOf[op];
        }
        FenceState row = world.rowOf[op];
        release(world, op);
        if (flaw == Flaw.ROW_AFTER_WORK) {
            world.at[op] = At.ROW_LAST;
            return true;
        }
        if (row != null) {
            world.row = row;
        }
        world.at[op] = At.OVER;
        world.answered |= op != TRY;
        return true;
    }

    private static Optional<String> always(World world) {
        if (world.tried > 1 || world.confirmed > 1 || world.cancelled > 1) {
            return Optional.of("done twice: " + world.key());
        }
        return world.confirmed + world.cancelled > world.tried
                ? Optional.of("ended without a try: " + world.key())
                : Optional.empty();
    }

    /** Nobody moves any more: an end that was answered is final, and any other is told once more, undisturbed. */
    private Optional<String> atTheEnd(World world) {
        World last = world.copy();
        if (!last.answered && (!commit || last.tried > 0)) {
            last.at[1] = At.START;
            while (last.at[1] != At.OVER) {
                if (!step(last, 1)) {
                    return Optional.of("nobody can end it: " + last.key());
                }
            }
        }
        if (last.confirmed + last.cancelled != last.tried) {
            return Optional.of("a try was not ended: " + last.key());
        }
        return commit && last.tried > 0 && last.confirmed != 1
                ? Optional.of("committed and not confirmed: " + last.key())
                : always(last);
    }
}
