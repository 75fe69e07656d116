package dev.assent.outbox.model;

import java.util.List;

/** Records that go to the broker together, all or nothing, in ascending order of their sequence numbers. */
public record Batch(List<OutboxRecord> records) {
    public Batch {
        records = List.copyOf(records);
        for (int i = 1; i < records.size(); i++) {
            if (records.get(i - 1).seq() >= records.get(i).seq()) {
                throw new IllegalArgumentException("record " + records.get(i).seq() + " follows "
                        + records.get(i - 1).seq());
            }
        }
    }

    public boolean isEmpty() {
        return records.isEmpty();
    }

    public int size() {
        return records.size();
    }

    public List<Long> seqs() {
        return records.stream().map(OutboxRecord::seq).toList();
    }
}
