package dev.assent.tx.model;

/** What became of the attempt to decide ABORT for a transaction whose coordinator may be alive. */
public sealed interface AbortResult {

    /** There is a record now or there was one before; it is the outcome. */
    record Decided(DecisionRecord record) implements AbortResult {}

    /** Records of the shard were deleted since the mark was read: the scan proves nothing any more. Scan again. */
    record ScanAgain() implements AbortResult {}
}
