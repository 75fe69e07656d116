package dev.assent.command;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

final class VersionTest {
    @Test
    void it_is_the_one_that_is_built() throws Exception {
        String version = Version.TEXT.substring("Assent ".length());

        assertThat(Files.readString(Path.of("pom.xml"))).contains("<version>" + version + "-SNAPSHOT</version>");
    }
}
