package dev.assent.rm.xa;

import dev.assent.tx.model.Completion;
import dev.assent.tx.model.HeuristicOutcome;
import dev.assent.tx.model.Vote;
import java.util.Arrays;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import javax.transaction.xa.XAException;

/** Every code an {@link XAException} may carry (X/Open XA, section 3), and what it means to the commit protocol. */
public enum XaError {
    XA_RBROLLBACK(XAException.XA_RBROLLBACK, Meaning.ROLLED_BACK),
    XA_RBCOMMFAIL(XAException.XA_RBCOMMFAIL, Meaning.ROLLED_BACK),
    XA_RBDEADLOCK(XAException.XA_RBDEADLOCK, Meaning.ROLLED_BACK),
    XA_RBINTEGRITY(XAException.XA_RBINTEGRITY, Meaning.ROLLED_BACK),
    XA_RBOTHER(XAException.XA_RBOTHER, Meaning.ROLLED_BACK),
    XA_RBPROTO(XAException.XA_RBPROTO, Meaning.ROLLED_BACK),
    XA_RBTIMEOUT(XAException.XA_RBTIMEOUT, Meaning.ROLLED_BACK),
    XA_RBTRANSIENT(XAException.XA_RBTRANSIENT, Meaning.ROLLED_BACK),
    XA_NOMIGRATE(XAException.XA_NOMIGRATE, Meaning.UNCLEAR),
    XA_HEURHAZ(XAException.XA_HEURHAZ, Meaning.HEURISTIC_HAZARD),
    XA_HEURCOM(XAException.XA_HEURCOM, Meaning.HEURISTIC_COMMIT),
    XA_HEURRB(XAException.XA_HEURRB, Meaning.HEURISTIC_ROLLBACK),
    XA_HEURMIX(XAException.XA_HEURMIX, Meaning.HEURISTIC_MIXED),
    XA_RETRY(XAException.XA_RETRY, Meaning.NOT_NOW),
    XA_RDONLY(XAException.XA_RDONLY, Meaning.READ_ONLY),
    XAER_ASYNC(XAException.XAER_ASYNC, Meaning.UNCLEAR),
    XAER_RMERR(XAException.XAER_RMERR, Meaning.UNCLEAR),
    XAER_NOTA(XAException.XAER_NOTA, Meaning.NOT_KNOWN),
    XAER_INVAL(XAException.XAER_INVAL, Meaning.UNCLEAR),
    XAER_PROTO(XAException.XAER_PROTO, Meaning.UNCLEAR),
    XAER_RMFAIL(XAException.XAER_RMFAIL, Meaning.UNCLEAR),
    XAER_DUPID(XAException.XAER_DUPID, Meaning.UNCLEAR),
    XAER_OUTSIDE(XAException.XAER_OUTSIDE, Meaning.UNCLEAR),
    /** A code that XA does not define. */
    UNDEFINED(0, Meaning.UNCLEAR);

    private enum Meaning {
        ROLLED_BACK,
        READ_ONLY,
        NOT_KNOWN,
        HEURISTIC_COMMIT,
        HEURISTIC_ROLLBACK,
        HEURISTIC_MIXED,
        HEURISTIC_HAZARD,
        /** It was not done, and can be later. */
        NOT_NOW,
        /** Nothing can be concluded: the work may be done, undone or pending. */
        UNCLEAR
    }

    private static final Map<Integer, XaError> BY_CODE =
            Arrays.stream(values()).collect(Collectors.toUnmodifiableMap(XaError::code, Function.identity()));

    private final int code;
    private final Meaning meaning;

    XaError(int code, Meaning meaning) {
        this.code = code;
        this.meaning = meaning;
    }

    public int code() {
        return code;
    }

    public static XaError of(XAException failure) {
        return BY_CODE.getOrDefault(failure.errorCode, UNDEFINED);
    }

    /** The vote that a failed prepare amounts to: anything but a clear yes is a no. */
    public Vote vote(String cause) {
        return switch (meaning) {
            case READ_ONLY -> new Vote.ReadOnly();
            case NOT_NOW, UNCLEAR -> new Vote.Unconfirmed(cause);
            case ROLLED_BACK, NOT_KNOWN, HEURISTIC_COMMIT, HEURISTIC_ROLLBACK, HEURISTIC_MIXED, HEURISTIC_HAZARD ->
                new Vote.Rollback(cause);
        };
    }

    /** What the failure of a one-phase commit tells; there XA defines no "not now". */
    public Completion ofCommitOnePhase(String cause) {
        return switch (meaning) {
            case ROLLED_BACK -> new Completion.RolledBack(cause);
            case NOT_NOW -> new Completion.Retry(cause);
            case READ_ONLY,
                    NOT_KNOWN,
                    HEURISTIC_COMMIT,
                    HEURISTIC_ROLLBACK,
                    HEURISTIC_MIXED,
                    HEURISTIC_HAZARD,
                    UNCLEAR -> ofCommit(cause);
        };
    }

    /** What the failure of a commit tells, told to a prepared branch. */
    public Completion ofCommit(String cause) {
        return switch (meaning) {
            case READ_ONLY, HEURISTIC_COMMIT -> new Completion.Done();
            case NOT_KNOWN -> new Completion.NotKnown();
            case NOT_NOW -> new Completion.Unsent(cause);
            case UNCLEAR -> new Completion.Retry(cause);
            case ROLLED_BACK, HEURISTIC_ROLLBACK -> new Completion.Heuristic(HeuristicOutcome.ROLLED_BACK, cause);
            case HEURISTIC_MIXED -> new Completion.Heuristic(HeuristicOutcome.MIXED, cause);
            case HEURISTIC_HAZARD -> new Completion.Heuristic(HeuristicOutcome.HAZARD, cause);
        };
    }

    /** What the failure of a rollback tells. */
    public Completion ofRollback(String cause) {
        return switch (meaning) {
            case READ_ONLY, ROLLED_BACK, HEURISTIC_ROLLBACK -> new Completion.Done();
            case NOT_KNOWN -> new Completion.NotKnown();
            case NOT_NOW -> new Completion.Unsent(cause);
            case UNCLEAR -> new Completion.Retry(cause);
            case HEURISTIC_COMMIT -> new Completion.Heuristic(HeuristicOutcome.COMMITTED, cause);
            case HEURISTIC_MIXED -> new Completion.Heuristic(HeuristicOutcome.MIXED, cause);
            case HEURISTIC_HAZARD -> new Completion.Heuristic(HeuristicOutcome.HAZARD, cause);
        };
    }

    /** Whether the resource did by itself what it was told, and now only waits to be allowed to forget. */
    public boolean agreesWithCommit() {
        return meaning == Meaning.HEURISTIC_COMMIT;
    }

    /** As {@link #agreesWithCommit}, for rollback. */
    public boolean agreesWithRollback() {
        return meaning == Meaning.HEURISTIC_ROLLBACK;
    }

    /** One line for logs and causes: the code's name, the driver's message and the reason it gives. */
    public static String describe(XAException failure) {
        StringBuilder text = new StringBuilder(of(failure).name());
        if (of(failure) == UNDEFINED) {
            text.append(' ').append(failure.errorCode);
        }
        if (failure.getMessage() != null) {
            text.append(": ").append(failure.getMessage());
        }
        if (failure.getCause() != null && failure.getCause().getMessage() != null) {
            text.append(": ").append(failure.getCause().getMessage());
        }
        return text.toString();
    }
}
