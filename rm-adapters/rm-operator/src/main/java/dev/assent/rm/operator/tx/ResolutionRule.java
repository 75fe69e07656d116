package dev.assent.rm.operator.tx;

import dev.assent.tx.model.Decision;
import dev.assent.tx.model.RecordRead;
import java.time.Instant;

/**
 * Evidence in, resolution out; as recovery concludes, and no further.
 *
 * <p>A branch that is still prepared proves that no COMMIT record of its transaction was ever deleted before the scan.
 * So under a fenced epoch the lack of a record means ABORT; under a live one it means nothing, and ABORT has to be
 * decided, by a mark that is older than the scan.
 */
public final class ResolutionRule {
    private ResolutionRule() {}

    public static Resolution conclude(Evidence evidence) {
        if (!evidence.transaction().cluster().equals(evidence.here())) {
            return new Resolution.Refuse("it belongs to cluster "
                    + evidence.transaction().cluster() + ", and this store is cluster " + evidence.here()
                    + ": give --connect of that cluster's store");
        }
        if (!evidence.transaction().key().authority().isDecidedInStore()) {
            return new Resolution.Refuse("it is decided by "
                    + evidence.transaction().key().authority()
                    + ", not in the store: start the services that took part, which end it by themselves");
        }
        if (evidence.held().isEmpty()) {
            return new Resolution.Refuse(
                    "none of the databases given holds a branch of it prepared: nothing is to be" + " done there");
        }
        return evidence.record().accept(new ByRecord(evidence));
    }

    /** The same for who only has carried out what is decided already. */
    public static Resolution withoutDeciding(Resolution resolution) {
        return resolution instanceof Resolution.DecideAbort
                ? new Resolution.Refuse("nothing is decided yet; 'resolve' decides ABORT")
                : resolution;
    }

    private record ByRecord(Evidence evidence) implements RecordRead.Handler<Resolution> {

        @Override
        public Resolution found(RecordRead.Found read) {
            Decision decision = read.record().decision();
            return new Resolution.Obey(decision, "the store says " + decision);
        }

        @Override
        public Resolution unreadable(RecordRead.Unreadable read) {
            return new Resolution.Refuse("something is decided, and it cannot be read: " + read.why()
                    + ". Restore the record; until then nobody may end its branches");
        }

        @Override
        public Resolution absent(RecordRead.Absent read) {
            if (evidence.isFenced()) {
                return new Resolution.Obey(
                        Decision.ABORT, "its coordinator's epoch is over, and no COMMIT was decided");
            }
            if (!evidence.transaction().isPastDeadline(evidence.nowEpochMillis())) {
                return new Resolution.Refuse("its coordinator may be at work: its deadline is "
                        + Instant.ofEpochMilli(evidence.transaction().deadlineEpochMillis())
                        + ". Wait for that");
            }
            return evidence.mark()
                    .<Resolution>map(Resolution.DecideAbort::new)
                    .orElseGet(() -> new Resolution.Refuse("the mark of its shard was not read; try again"));
        }
    }
}
