package dev.assent.rm.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class HostEntryTest {

    @ParameterizedTest
    @CsvSource({
        "Inventory,inventory",
        "order_service,order_service",
        "inventory.,inventory",
        "inventory:8080,inventory:8080",
        "10.0.0.7:8080,10.0.0.7:8080",
        "fd00::7,[fd00:0:0:0:0:0:0:7]",
        "[FD00::7],[fd00:0:0:0:0:0:0:7]",
        "[fd00:0::7]:8080,[fd00:0:0:0:0:0:0:7]:8080"
    })
    void hosts_are_read_with_and_without_a_port(String entry, String read) {
        assertThat(HostEntry.parse(entry)).hasToString(read);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                " ",
                "http://inventory:8080",
                "inventory:8080/orders",
                "inventory/",
                "*.example.org",
                "inventory:*",
                "user@inventory",
                "inventory:",
                "inventory:0",
                "inventory:65536",
                "inventory:http",
                "inventory, payment",
                "inventory payment",
                "[fd00::7",
                "[fd00::7]:",
                "[fd00:::7]",
                "bücher"
            })
    void entries_that_can_never_match_are_refused_with_the_entry_and_the_remedy(String entry) {
        assertThatThrownBy(() -> TargetHosts.loopbackAnd(List.of(entry)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("'" + entry + "' can never match")
                .hasMessageContaining("inventory:8080");
        assertThatThrownBy(() -> TargetHosts.loopbackOnly().excluding(List.of(entry)))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void an_entry_on_both_lists_is_refused() {
        assertThatThrownBy(() -> TargetHosts.loopbackAnd(List.of("a:1", "b")).excluding(List.of("A:1")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("[a:1] is both allowed and excluded");
    }
}
