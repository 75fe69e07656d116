package dev.assent.rm.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.assent.rm.http.TargetHosts.Rule;
import java.net.URI;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TargetHostsTest {

    @ParameterizedTest
    @ValueSource(
            strings = {
                "http://localhost:1/x",
                "https://127.0.0.1/x",
                "http://[::1]:8080/",
                "http://[0:0:0:0:0:0:0:1]:8080/",
                "http://LOCALHOST/",
                "http://user@localhost/"
            })
    void loopback_names_are_allowed(String target) {
        assertThat(TargetHosts.loopbackOnly().ruleFor(URI.create(target))).isEqualTo(Rule.ALLOWED);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "http://example.org/",
                "http://localhost.example.org/",
                "http://localhost@example.org/",
                "http://localhost:80@example.org/",
                "http://127.0.0.1.example.org/",
                "relative",
                "mailto:someone@localhost"
            })
    void anything_else_is_on_no_list(String target) {
        assertThat(TargetHosts.loopbackOnly().ruleFor(URI.create(target))).isEqualTo(Rule.UNLISTED);
    }

    @Test
    void listed_hosts_are_allowed_with_their_port_only_if_it_is_given() {
        TargetHosts hosts = TargetHosts.loopbackAnd(
                List.of("Inventory", "payment:8443", "plain:80", "order_service", "fd00::7", "[fd00::8]:81"));

        assertThat(hosts.ruleFor(URI.create("http://inventory:7/x"))).isEqualTo(Rule.ALLOWED);
        assertThat(hosts.ruleFor(URI.create("http://inventory./x"))).isEqualTo(Rule.ALLOWED);
        assertThat(hosts.ruleFor(URI.create("https://payment:8443/x"))).isEqualTo(Rule.ALLOWED);
        assertThat(hosts.ruleFor(URI.create("https://payment/x"))).isEqualTo(Rule.UNLISTED);
        assertThat(hosts.ruleFor(URI.create("http://plain/x"))).isEqualTo(Rule.ALLOWED);
        assertThat(hosts.ruleFor(URI.create("https://plain/x"))).isEqualTo(Rule.UNLISTED);
        assertThat(hosts.ruleFor(URI.create("http://order_service:9/x"))).isEqualTo(Rule.ALLOWED);
        assertThat(hosts.ruleFor(URI.create("http://[fd00:0:0::7]:9/x"))).isEqualTo(Rule.ALLOWED);
        assertThat(hosts.ruleFor(URI.create("http://[fd00::8]:81/x"))).isEqualTo(Rule.ALLOWED);
        assertThat(hosts.ruleFor(URI.create("http://[fd00::8]:82/x"))).isEqualTo(Rule.UNLISTED);
    }

    @Test
    void an_entry_with_a_port_wins_over_one_without_and_both_over_loopback() {
        TargetHosts hosts =
                TargetHosts.loopbackAnd(List.of("inventory")).excluding(List.of("inventory:9090", "localhost:81"));

        assertThat(hosts.ruleFor(URI.create("http://inventory:8080/x"))).isEqualTo(Rule.ALLOWED);
        assertThat(hosts.ruleFor(URI.create("http://inventory:9090/x"))).isEqualTo(Rule.EXCLUDED);
        assertThat(hosts.ruleFor(URI.create("http://localhost:81/x"))).isEqualTo(Rule.EXCLUDED);
        assertThat(hosts.ruleFor(URI.create("http://localhost:82/x"))).isEqualTo(Rule.ALLOWED);
    }
}
