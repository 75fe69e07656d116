package dev.assent.tx.store;

import static org.assertj.core.api.Assertions.assertThat;

import dev.assent.tx.model.Authority;
import dev.assent.tx.model.EpochKey;
import org.junit.jupiter.api.Test;

class StoreLayoutTest {

    @Test
    void incarnations_have_twelve_digits_so_that_they_are_listed_in_order() {
        assertThat(StoreLayout.number(0)).isEqualTo("000000000000");
        assertThat(StoreLayout.number(42)).isEqualTo("000000000042");
        assertThat(StoreLayout.number(123_456_789_012L)).isEqualTo("123456789012");
        assertThat(StoreLayout.number(Long.MAX_VALUE)).isEqualTo(Long.toString(Long.MAX_VALUE));
    }

    @Test
    void an_epoch_lies_where_the_documentation_says() {
        assertThat(StoreLayout.epoch(new EpochKey(Authority.EMBEDDED_2PC, 1, 17)))
                .isEqualTo("/assent/epochs/embedded/000000000017");
        assertThat(StoreLayout.epoch(new EpochKey(Authority.SHARD_2PC, 3, 0))).isEqualTo("/assent/epochs/shards/3");
    }

    @Test
    void no_folder_is_made_that_nothing_is_kept_in() {
        assertThat(StoreLayout.folders()).doesNotContain("/assent/shards");
    }
}
