package dev.assent.saga.model;

import java.util.List;

/** All that the store says of a saga. */
public record SagaRecord(SagaHeader header, Claim claim, List<SagaEntry> entries) {
    public SagaRecord {
        entries = List.copyOf(entries);
    }

    public SagaProgress progress() {
        return SagaProgress.of(header.shape(), entries);
    }
}
