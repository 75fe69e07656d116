package dev.assent.tx.coordinator;

import static org.assertj.core.api.Assertions.assertThat;

import dev.assent.tx.model.Authority;
import dev.assent.tx.model.ClusterId;
import dev.assent.tx.model.EpochKey;
import dev.assent.tx.model.GlobalTxId;
import dev.assent.tx.model.Outcome;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class OutcomeMemoryTest {
    private static final EpochKey KEY = new EpochKey(Authority.EMBEDDED_2PC, 1, 1);

    private final SplittableRandom random = new SplittableRandom(7);

    private GlobalTxId next() {
        return new GlobalTxId(
                new ClusterId(1), KEY, 0, 1_000, new GlobalTxId.Unique(random.nextLong(), random.nextLong()));
    }

    @Test
    void outcomes_are_remembered_through_many_others() {
        OutcomeMemory memory = new OutcomeMemory(10, 5_000);
        List<GlobalTxId> committed = new ArrayList<>();
        List<GlobalTxId> rolledBack = new ArrayList<>();
        for (int count = 0; count < 5_000; count++) {
            committed.add(next());
            memory.put(committed.get(count), new Outcome.Committed());
            rolledBack.add(next());
            memory.put(rolledBack.get(count), new Outcome.RolledBack("no money"));
        }

        assertThat(committed).allSatisfy(id -> assertThat(memory.find(id)).contains(new Outcome.Committed()));
        assertThat(rolledBack)
                .allSatisfy(id -> assertThat(memory.find(id).orElseThrow()).isInstanceOf(Outcome.RolledBack.class));
        assertThat(memory.find(rolledBack.get(4_999))).contains(new Outcome.RolledBack("no money"));
        for (int count = 0; count < 5_000; count++) {
            assertThat(memory.find(next())).isEmpty();
        }
    }

    @Test
    void what_is_unknown_or_unusual_is_not_remembered_as_plain() {
        OutcomeMemory memory = new OutcomeMemory(1, 100);
        GlobalTxId mixed = next();
        GlobalTxId unknown = next();
        memory.put(mixed, new Outcome.HeuristicMixed("by hand"));
        memory.put(unknown, new Outcome.Unknown("?"));
        assertThat(memory.find(mixed)).contains(new Outcome.HeuristicMixed("by hand"));

        memory.put(next(), new Outcome.Committed());

        assertThat(memory.find(mixed)).isEmpty();
        assertThat(memory.find(unknown)).isEmpty();
    }

    @Test
    void it_takes_no_more_memory_however_many_there_are() {
        UniqueSet set = new UniqueSet(4_096);
        GlobalTxId first = next();
        set.add(first.unique());
        int bytesMax = 0;
        for (int count = 0; count < 100_000; count++) {
            set.add(next().unique());
            bytesMax = Math.max(bytesMax, set.bytes());
        }

        assertThat(bytesMax).isLessThanOrEqualTo(2 * 4 * 4_096 * 16);
        assertThat(set.contains(first.unique())).isFalse();
    }
}
