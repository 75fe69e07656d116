package dev.assent.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class StoreConfigTest {

    @ParameterizedTest
    @ValueSource(strings = {"", " ", ",", "zk1:port", "zk1:99999", ":2181", "zk1:2181,:2182", "zk1:2181/a//b"})
    void what_is_no_list_of_servers_is_refused_in_one_line_that_names_the_setting(String connectString) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> StoreConfig.of(connectString))
                .satisfies(refusal -> assertThat(refusal.getMessage())
                        .contains("coordination.connect")
                        .contains("host:port")
                        .doesNotContain("\n"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"zk1", "zk1:2181", "zk1:2181,zk2:2182", "127.0.0.1:2181/shop/assent", "[::1]:2181"})
    void servers_with_or_without_port_and_chroot_are_taken(String connectString) {
        assertThat(StoreConfig.of(connectString).connectString()).isEqualTo(connectString);
    }

    @Test
    void a_password_is_never_printed() {
        StoreConfig config = StoreConfig.of("zk1").withCredential(StoreConfig.Credential.digest("assent", "s3cret"));

        assertThat(config.toString()).contains("assent").doesNotContain("s3cret");
    }
}
