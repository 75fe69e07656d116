package dev.assent.store;

import static org.assertj.core.api.Assertions.assertThat;

import org.apache.zookeeper.KeeperException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class StoreCodeTest {

    @ParameterizedTest
    @EnumSource(KeeperException.Code.class)
    void every_answer_of_the_protocol_keeps_its_name(KeeperException.Code code) {
        assertThat(StoreCode.of(code.intValue()).name()).isEqualTo(code.name());
    }

    @Test
    void a_number_that_nobody_knows_is_an_answer_all_the_same() {
        assertThat(StoreCode.of(-4711)).isEqualTo(StoreCode.OTHER);
    }
}
