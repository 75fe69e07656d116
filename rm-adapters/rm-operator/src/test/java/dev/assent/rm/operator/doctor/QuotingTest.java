package dev.assent.rm.operator.doctor;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class QuotingTest {

    @Test
    void a_shell_gets_back_the_very_text() throws Exception {
        for (String text : new String[] {"plain", "it's", "$(touch /tmp/x)`id`", "a\"b\\c", "", "two words; rm"}) {
            Process shell = new ProcessBuilder("/bin/sh", "-c", "printf %s " + Quoting.shell(text)).start();

            assertThat(new String(shell.getInputStream().readAllBytes(), StandardCharsets.UTF_8))
                    .isEqualTo(text);
        }
    }

    @Test
    void a_terminal_is_not_steered() {
        assertThat(Quoting.shown("a\u001b[2Jb\nc\u202Ed")).isEqualTo("a\\u001b[2Jb\\u000ac\\u202ed");
    }

    @Test
    void a_literal_ends_where_it_should() {
        assertThat(Quoting.sql("a'; DROP TABLE t; --")).isEqualTo("'a''; DROP TABLE t; --'");
        assertThat(Quoting.sql("a\\'b")).isEqualTo("E'a\\\\''b'");
    }
}
