package dev.assent.saga.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.assent.saga.model.SagaEntry;
import dev.assent.saga.model.SagaEvent;
import dev.assent.saga.model.SagaHeader;
import dev.assent.saga.model.SagaId;
import dev.assent.saga.model.SagaOutcome;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class SagaCodecTest {
    private static final SagaEntry ENTRY = new SagaEntry(
            7,
            3,
            1_700_000_000_000L,
            List.of(
                    new SagaEvent.StageStarted(2),
                    new SagaEvent.StepDone("stock", "ünï"),
                    new SagaEvent.CompensationStarted("sold out"),
                    new SagaEvent.StepTroubled("pay", 8, "away"),
                    new SagaEvent.StepCompensated("stock"),
                    new SagaEvent.Ended(SagaOutcome.COMPENSATED)));
    private static final SagaHeader HEADER =
            new SagaHeader(new SagaId("one"), "order", 2, "{\"n\":1}", 5, 6, List.of(List.of("a", "b"), List.of("c")));

    @Test
    void what_is_written_is_read() throws Exception {
        assertThat(SagaCodec.entry(SagaCodec.entry(ENTRY))).isEqualTo(ENTRY);
        assertThat(SagaCodec.header(HEADER.id(), SagaCodec.header(HEADER))).isEqualTo(HEADER);
    }

    @Test
    void bytes_cut_off_are_refused() {
        byte[] entry = SagaCodec.entry(ENTRY);
        for (int length = 0; length < entry.length; length++) {
            byte[] shorter = Arrays.copyOf(entry, length);
            assertThatThrownBy(() -> SagaCodec.entry(shorter)).isInstanceOf(IOException.class);
        }
        byte[] header = SagaCodec.header(HEADER);
        for (int length = 0; length < header.length; length++) {
            byte[] shorter = Arrays.copyOf(header, length);
            assertThatThrownBy(() -> SagaCodec.header(HEADER.id(), shorter)).isInstanceOf(IOException.class);
        }
    }

    @Test
    void random_bytes_are_read_or_refused_and_never_more_than_that() {
        Random random = new Random(11);
        for (int round = 0; round < 20_000; round++) {
            byte[] damaged = SagaCodec.entry(ENTRY);
            for (int changes = random.nextInt(1, 6); changes > 0; changes--) {
                damaged[random.nextInt(damaged.length)] = (byte) random.nextInt();
            }
            try {
                assertThat(SagaCodec.entry(damaged)).isNotNull();
            } catch (IOException refused) {
                assertThat(refused).hasMessageNotContaining("null pointer");
            }
        }
    }
}
