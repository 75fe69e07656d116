package dev.assent.rm.atomikos;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.assent.settings.Settings;
import dev.assent.settings.SettingsException;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;

class LogSettingsTest {
    private final Map<String, String> properties = new HashMap<>(
            Map.of("dev.assent.coordination.connect", "a:1,b:2", "com.atomikos.icatch.tm_unique_name", "shop"));

    @Test
    void two_properties_are_enough() throws Exception {
        LogSettings settings = read();

        assertThat(settings.connect()).isEqualTo("a:1,b:2");
        assertThat(settings.logName()).isEqualTo("shop");
        assertThat(settings.orphanAge()).hasSeconds(300);
    }

    @Test
    void a_missing_address_is_named() {
        properties.remove("dev.assent.coordination.connect");

        assertThatThrownBy(this::read)
                .isInstanceOf(SettingsException.class)
                .hasMessageContaining("dev.assent.coordination.connect")
                .hasMessageContaining("dev.assent.atomikos.enabled");
    }

    @Test
    void a_name_made_up_from_the_machines_address_is_refused() {
        properties.put("com.atomikos.icatch.tm_unique_name", "10.0.0.7.tm");

        assertThatThrownBy(this::read).hasMessageContaining("com.atomikos.icatch.tm_unique_name");
    }

    @Test
    void a_name_that_is_no_znode_needs_a_log_name() throws Exception {
        properties.put("com.atomikos.icatch.tm_unique_name", "a/b");
        assertThatThrownBy(this::read).hasMessageContaining("dev.assent.atomikos.log");

        properties.put("dev.assent.atomikos.log", "a-b");
        assertThat(read().logName()).isEqualTo("a-b");
        assertThat(read().tmUniqueName()).isEqualTo("a/b");
    }

    @Test
    void a_time_that_is_no_number_is_named() {
        properties.put("dev.assent.atomikos.decision_timeout", "1 minute");

        assertThatThrownBy(this::read)
                .hasMessage(
                        "the properties of Atomikos: dev.assent.atomikos.decision_timeout=1 minute: '1 minute' is not"
                                + " a whole number; give one in 1..2147483647");
    }

    private LogSettings read() throws SettingsException {
        return LogSettings.from(Settings.of("the properties of Atomikos", properties), "10.0.0.7.tm");
    }
}
