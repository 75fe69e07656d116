package dev.assent.tx.replay;

import dev.assent.event.BranchEvent;
import dev.assent.event.Event;
import dev.assent.event.RecoveryEvent;
import dev.assent.event.TransactionEvent;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** How far a transaction has come, by its events: recorded ones, or those that its replay would have told. */
final class ReplayState implements TransactionEvent.Handler, BranchEvent.Handler {
    private static final String WORKING = "WORKING";

    private final SortedMap<Integer, String> branches = new TreeMap<>();
    private final Map<Integer, String> resources = new LinkedHashMap<>();
    private Optional<TransactionEvent.Decision> decision = Optional.empty();
    private Optional<TransactionEvent.Outcome> told = Optional.empty();
    private Optional<TransactionEvent.Outcome> end = Optional.empty();

    /** Takes what it knows how to; other events change nothing. */
    void heard(Event event) {
        if (event instanceof TransactionEvent of) {
            of.accept(this);
        } else if (event instanceof BranchEvent of) {
            of.accept(this);
        }
    }

    /** All branches that are there, and where they work. */
    void branchesOf(ReplayState other) {
        resources.putAll(other.resources);
        other.branches.keySet().forEach(branch -> branches.put(branch, WORKING));
    }

    String resource(int branch) {
        return resources.getOrDefault(branch, "");
    }

    SortedMap<Integer, String> branches() {
        return branches;
    }

    Optional<TransactionEvent.Decision> decision() {
        return decision;
    }

    Optional<TransactionEvent.Outcome> told() {
        return told;
    }

    boolean hasEnded() {
        return end.isPresent();
    }

    /** What it ended with, as far as its coordinator knew. */
    Optional<TransactionEvent.Outcome> end() {
        return end;
    }

    /** Recovery has ended the branches of a resource that had not. */
    void recovered(RecoveryEvent.BranchEnded event) {
        String end = end(event.committed());
        branches.replaceAll(
                (branch, state) -> resource(branch).equals(event.resource()) && !hasEnded(state) ? end : state);
    }

    /** The same with what it should have done. */
    void recovered(String resource, boolean commit) {
        recovered(new RecoveryEvent.BranchEnded(resource, "", commit));
    }

    private static String end(boolean commit) {
        return (commit ? BranchEvent.End.COMMITTED : BranchEvent.End.ROLLED_BACK).name();
    }

    private static boolean hasEnded(String state) {
        return state.equals(end(true)) || state.equals(end(false)) || state.startsWith("HEURISTIC");
    }

    @Override
    public void begun(TransactionEvent.Begun event) {}

    @Override
    public void ending(TransactionEvent.Ending event) {}

    @Override
    public void prepared(TransactionEvent.Prepared event) {}

    @Override
    public void decided(TransactionEvent.Decided event) {
        if (decision.isEmpty()) {
            decision = Optional.of(event.decision());
        }
    }

    @Override
    public void answered(TransactionEvent.Answered event) {
        told = Optional.of(event.outcome());
    }

    @Override
    public void ended(TransactionEvent.Ended event) {
        end = Optional.of(event.outcome());
    }

    @Override
    public void enlisted(BranchEvent.Enlisted event) {
        branches.put(event.branch(), WORKING);
        resources.put(event.branch(), event.resource());
    }

    @Override
    public void voted(BranchEvent.Voted event) {
        branches.put(event.branch(), event.vote().name());
    }

    @Override
    public void ended(BranchEvent.Ended event) {
        branches.put(event.branch(), event.end().name());
    }

    @Override
    public void retried(BranchEvent.Retried event) {}

    @Override
    public void heuristic(BranchEvent.Heuristic event) {
        branches.put(event.branch(), "HEURISTIC_" + event.hazard());
    }

    /** As it is shown. */
    String text() {
        return "decision=" + decision.map(Enum::name).orElse("none") + " "
                + branches.entrySet().stream()
                        .map(branch -> "branch " + branch.getKey() + " of " + resource(branch.getKey()) + "="
                                + branch.getValue())
                        .collect(Collectors.joining(" "))
                + " told=" + told.map(Enum::name).orElse("nobody") + (hasEnded() ? " ended" : "");
    }
}
