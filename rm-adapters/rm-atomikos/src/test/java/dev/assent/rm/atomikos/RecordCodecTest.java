package dev.assent.rm.atomikos;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.atomikos.recovery.PendingTransactionRecord;
import com.atomikos.recovery.TxState;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RecordCodecTest {

    @Test
    void a_record_comes_back_as_it_was() {
        PendingTransactionRecord entry =
                new PendingTransactionRecord("id", TxState.IN_DOUBT, Long.MAX_VALUE, "shop|x é", "http://a/b?c=d e");

        PendingTransactionRecord back = RecordCodec.decode("id", RecordCodec.encode(entry));

        assertThat(back).usingRecursiveComparison().isEqualTo(entry);
    }

    @Test
    void a_record_without_a_superior_comes_back_without_one() {
        PendingTransactionRecord entry = new PendingTransactionRecord("id", TxState.COMMITTING, 5, "shop");

        assertThat(RecordCodec.decode("id", RecordCodec.encode(entry)).superiorId)
                .isNull();
    }

    @Test
    void a_field_with_a_line_break_is_not_written() {
        PendingTransactionRecord entry =
                new PendingTransactionRecord("id", TxState.COMMITTING, 5, "shop\nstate IN_DOUBT");

        assertThatThrownBy(() -> RecordCodec.encode(entry)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void a_record_that_is_too_long_is_neither_written_nor_read() {
        PendingTransactionRecord entry =
                new PendingTransactionRecord("id", TxState.IN_DOUBT, 5, "shop", "http://" + "x".repeat(3000));

        assertThatThrownBy(() -> RecordCodec.encode(entry)).hasMessageContaining("2048");
        assertThatThrownBy(() -> RecordCodec.decode("id", new byte[2049])).hasMessageContaining("2048");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "assent-atomikos 2\nstate COMMITTING\nexpires 1\ndomain d\n",
                "assent-atomikos 1\nexpires 1\ndomain d\n",
                "assent-atomikos 1\nstate NONSENSE\nexpires 1\ndomain d\n",
                "assent-atomikos 1\nstate COMMITTING\nexpires soon\ndomain d\n",
                "assent-atomikos 1\nstate COMMITTING\nexpires 1\n"
            })
    void damaged_bytes_are_refused(String text) {
        assertThatThrownBy(() -> RecordCodec.decode("id", text.getBytes(StandardCharsets.UTF_8)))
                .isInstanceOf(IllegalArgumentException.class);
    }
}
