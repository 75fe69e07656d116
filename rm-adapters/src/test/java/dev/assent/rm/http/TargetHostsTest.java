package dev.assent.rm.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TargetHostsTest {

    @ParameterizedTest
    @ValueSource(strings = {"http://localhost:1/x", "https://127.0.0.1/x", "http://[::1]:8080/", "http://LOCALHOST/"})
    void loopback_names_are_allowed(String target) {
        assertThat(TargetHosts.loopbackOnly().test(URI.create(target))).isTrue();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "http://example.org/",
                "http://localhost.example.org/",
                "http://localhost@example.org/",
                "http://127.0.0.1.example.org/",
                "relative",
                "mailto:someone@localhost"
            })
    void anything_else_is_not(String target) {
        assertThat(TargetHosts.loopbackOnly().test(URI.create(target))).isFalse();
    }

    @Test
    void listed_hosts_are_allowed_with_their_port_only_if_it_is_given() {
        TargetHosts hosts = TargetHosts.loopbackAnd(List.of("Inventory", "payment:8443", "plain:80"));

        assertThat(hosts.test(URI.create("http://inventory:7/x"))).isTrue();
        assertThat(hosts.test(URI.create("https://payment:8443/x"))).isTrue();
        assertThat(hosts.test(URI.create("https://payment/x"))).isFalse();
        assertThat(hosts.test(URI.create("http://plain/x"))).isTrue();
        assertThat(hosts.test(URI.create("https://plain/x"))).isFalse();
    }
}
