package dev.assent.settings;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class SettingsTest {
    private static final Duration FOUR = Duration.ofSeconds(4);

    @TempDir
    private Path directory;

    private Settings of(String... lines) throws IOException, SettingsException {
        return Settings.read(Files.write(file(), List.of(lines)), "see the manual");
    }

    private Path file() {
        return directory.resolve("some.properties");
    }

    @Test
    void values_are_what_stands_behind_the_first_equals_sign_without_the_blanks_around() throws Exception {
        Settings settings = of("# a comment", "! another", "", " url = jdbc:x?a=b ", "empty=");

        assertThat(settings.text("url")).hasValue("jdbc:x?a=b");
        assertThat(settings.text("empty")).isEmpty();
        assertThat(settings.text("absent")).isEmpty();
        settings.refuseOthers();
    }

    @Test
    void a_key_that_nobody_asked_for_is_refused_with_its_place_what_was_meant_and_what_there_is() throws Exception {
        Settings settings = of("poll.idle=1s", "pol.busy=1s");
        settings.duration("poll.idle", FOUR, FOUR.dividedBy(100), FOUR);
        settings.duration("poll.busy", FOUR, FOUR.dividedBy(100), FOUR);

        assertThatThrownBy(settings::refuseOthers)
                .isInstanceOf(SettingsException.class)
                .hasMessage(file() + ", line 2: pol.busy is no key that is known: did you mean poll.busy?"
                        + " The keys are poll.busy, poll.idle");
    }

    @Test
    void durations_carry_their_unit() throws Exception {
        Settings settings = of("a=500ms", "b=4s", "c=10m", "d=1h", "e=7d", "f=2 s");
        Duration max = Duration.ofDays(30);

        assertThat(settings.duration("a", FOUR, Duration.ZERO, max)).isEqualTo(Duration.ofMillis(500));
        assertThat(settings.duration("b", FOUR, Duration.ZERO, max)).isEqualTo(FOUR);
        assertThat(settings.duration("c", FOUR, Duration.ZERO, max)).isEqualTo(Duration.ofMinutes(10));
        assertThat(settings.duration("d", FOUR, Duration.ZERO, max)).isEqualTo(Duration.ofHours(1));
        assertThat(settings.duration("e", FOUR, Duration.ZERO, max)).isEqualTo(Duration.ofDays(7));
        assertThat(settings.duration("f", FOUR, Duration.ZERO, max)).isEqualTo(Duration.ofSeconds(2));
        assertThat(settings.duration("absent", FOUR, Duration.ZERO, max)).isEqualTo(FOUR);
    }

    @Test
    void a_duration_without_its_unit_or_beyond_its_bounds_is_refused_with_the_remedy() throws Exception {
        for (String wrong : List.of("4000", "4sec", "-4s", "4,5s", "s")) {
            assertThatThrownBy(() -> of("a=" + wrong).duration("a", FOUR, Duration.ZERO, FOUR))
                    .hasMessage(file() + ", line 1: a=" + wrong
                            + ": give a number with ms, s, m, h or d behind it, as 500ms or 4s");
        }
        assertThatThrownBy(() -> of("a=5s").duration("a", FOUR, Duration.ofMillis(100), FOUR))
                .hasMessage(file() + ", line 1: a=5s: is outside 100ms..4s");
        assertThatThrownBy(() -> of("a=999999999999d").duration("a", FOUR, Duration.ZERO, FOUR))
                .hasMessageContaining("more than anything can be");
    }

    @Test
    void sizes_carry_their_unit_too() throws Exception {
        Settings settings = of("a=4MB", "b=512KB", "c=7B");

        assertThat(settings.size("a", 1, 1, 1L << 30)).isEqualTo(4 << 20);
        assertThat(settings.size("b", 1, 1, 1L << 30)).isEqualTo(512 << 10);
        assertThat(settings.size("c", 1, 1, 1L << 30)).isEqualTo(7);
        assertThatThrownBy(() -> of("a=4096").size("a", 1, 1, 1L << 30)).hasMessageContaining("as 4MB");
        assertThatThrownBy(() -> of("a=2GB").size("a", 1, 1, 1L << 30)).hasMessageContaining("is outside");
    }

    @Test
    void numbers_and_words_are_held_to_what_they_may_be() throws Exception {
        assertThat(of("n=7").number("n", 1, 1, 10)).isEqualTo(7);
        assertThatThrownBy(() -> of("n=11").number("n", 1, 1, 10)).hasMessageContaining("11 is outside 1..10");
        assertThatThrownBy(() -> of("n=many").number("n", 1, 1, 10)).hasMessageContaining("not a whole number");
        assertThat(of("f=true").flag("f", false)).isTrue();
        assertThatThrownBy(() -> of("f=maybe").flag("f", false)).hasMessageContaining("f=maybe: give true or false");
        assertThatThrownBy(() -> of("w=c").word("w", List.of("a", "b"))).hasMessageContaining("w=c: give a or b");
    }

    @Test
    void what_is_missing_is_told_with_what_it_would_be() {
        assertThatThrownBy(() -> of("other=1").required("database.user", "the database user"))
                .hasMessage(file() + ": database.user is missing; add a line database.user=..., the database user");
        assertThatThrownBy(() -> Settings.read(directory.resolve("none"), "see the manual"))
                .isInstanceOf(SettingsException.class)
                .hasMessage(directory.resolve("none") + " does not exist: see the manual");
    }

    @Test
    void a_secret_may_stand_in_a_file_of_its_own_beside_this_one() throws Exception {
        Files.writeString(directory.resolve("password"), "hush\n");

        assertThat(of("passwordFile=password").secret("password")).hasValue("hush");
        assertThat(of("password=here").secret("password")).hasValue("here");
        assertThat(of("x=1").secret("password")).isEmpty();
        assertThatThrownBy(() -> of("passwordFile=nowhere").secret("password"))
                .isInstanceOf(SettingsException.class)
                .hasMessageContaining("passwordFile=nowhere: cannot be read");
    }

    @Test
    void what_may_be_a_secret_is_not_told() throws Exception {
        assertThatThrownBy(() -> of("user=x", "password: hush"))
                .hasMessage(file() + ", line 2: the line is not of the form key=value");
        Settings repeated = of("password=hush", "password=quiet");
        assertThatThrownBy(() -> repeated.refuseRepeated(key -> true))
                .hasMessageContaining("password")
                .hasMessageNotContainingAny("hush", "quiet");
    }

    @Test
    void of_several_lines_with_one_key_the_last_counts_and_the_others_are_known() throws Exception {
        Settings settings = of("a=1", "a=2");

        assertThat(settings.overridden()).extracting(SettingLine::number).containsExactly(1);
        assertThatThrownBy(() -> settings.refuseRepeated(key -> true))
                .hasMessage(file() + ", line 2: a: already given in line 1; remove one of the two");
        settings.refuseRepeated(key -> key.startsWith("b"));
        assertThat(settings.text("a")).hasValue("2");
    }
}
