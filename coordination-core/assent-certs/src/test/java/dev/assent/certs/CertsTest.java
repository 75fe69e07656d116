package dev.assent.certs;

import static org.assertj.core.api.Assertions.assertThat;

import dev.assent.command.Commands;
import dev.assent.command.ExitCode;
import dev.assent.security.CertifiedName;
import dev.assent.security.Role;
import dev.assent.security.Security;
import dev.assent.security.TlsFiles;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

class CertsTest {
    @TempDir
    private Path directory = Path.of("");

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    @BeforeEach
    void an_authority() {
        assertThat(run("init")).isEqualTo(ExitCode.OK);
    }

    private int run(String subcommand, String... arguments) {
        List<String> all = new ArrayList<>(List.of(subcommand));
        all.addAll(List.of(arguments));
        if (!subcommand.equals("show")) {
            all.addAll(List.of("--directory", directory.toString()));
        }
        CommandLine command = Commands.commandLine(new Main());
        command.setOut(new PrintWriter(out)).setErr(new PrintWriter(err));
        return command.execute(all.toArray(String[]::new));
    }

    @Test
    void keys_are_for_their_owner_only_and_certificates_for_all() throws Exception {
        assertThat(run("issue", "one", "--member", "1")).isEqualTo(ExitCode.OK);

        for (String key : List.of("ca.key", "one.key")) {
            assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(directory.resolve(key))))
                    .as(key)
                    .isEqualTo("rw-------");
        }
        assertThat(Files.readString(directory.resolve("one.pem"))).doesNotContain("PRIVATE");
        assertThat(Files.readString(directory.resolve("ca.pem"))).doesNotContain("PRIVATE");
    }

    @Test
    void what_is_issued_can_be_used_and_says_what_its_owner_may_be() throws Exception {
        run("issue", "one", "--member", "1", "--node", "n1", "--host", "10.0.0.1", "--host", "one.example");

        TlsFiles files =
                new TlsFiles(directory.resolve("one.pem"), directory.resolve("one.key"), directory.resolve("ca.pem"));
        try (Security security = Security.once(files)) {
            assertThat(CertifiedName.of(security.own()))
                    .containsExactlyInAnyOrder(new CertifiedName(Role.MEMBER, "1"), new CertifiedName(Role.NODE, "n1"));
            assertThat(security.own().getSubjectAlternativeNames().toString()).contains("10.0.0.1", "one.example");
            assertThat(security.own().getBasicConstraints()).isNegative();
        }
    }

    @Test
    void nothing_that_is_there_is_written_over_unasked() throws Exception {
        run("issue", "one", "--member", "1");
        String before = Files.readString(directory.resolve("one.pem"));

        assertThat(run("issue", "one", "--member", "1")).isEqualTo(ExitCode.USAGE);
        assertThat(err.toString()).contains("--renew");
        assertThat(Files.readString(directory.resolve("one.pem"))).isEqualTo(before);
        assertThat(run("init")).isEqualTo(ExitCode.CANNOT);
        assertThat(run("issue", "one", "--member", "1", "--renew")).isEqualTo(ExitCode.OK);
        assertThat(Files.readString(directory.resolve("one.pem"))).isNotEqualTo(before);
    }

    @Test
    void what_a_certificate_is_for_has_to_be_said_and_to_be_sayable() {
        assertThat(run("issue", "one")).isEqualTo(ExitCode.USAGE);
        assertThat(err.toString()).contains("--member, --node, --agent or --client");
        assertThat(run("issue", "one", "--agent", "a/b")).isEqualTo(ExitCode.USAGE);
        assertThat(err.toString()).contains("a/b");
        assertThat(run("issue", "CN=x", "--agent", "a")).isEqualTo(ExitCode.USAGE);
        assertThat(run("issue", "../x", "--agent", "a")).isEqualTo(ExitCode.USAGE);
    }

    @Test
    void without_an_authority_the_way_to_one_is_told() {
        directory = directory.resolve("elsewhere");

        assertThat(run("issue", "one", "--member", "1")).isEqualTo(ExitCode.USAGE);
        assertThat(err.toString()).contains("assent certs init");
    }

    @Test
    void show_tells_whose_a_certificate_is_and_finds_what_expires() {
        run("issue", "one", "--member", "1", "--days", "10");

        assertThat(run(
                        "show",
                        directory.resolve("one.pem").toString(),
                        directory.resolve("ca.pem").toString()))
                .isEqualTo(ExitCode.OK);
        assertThat(out.toString()).contains("CN=one", "may be member/1", "an authority", "SHA-256");
        assertThat(run("show", "--within", "11", directory.resolve("one.pem").toString()))
                .isEqualTo(ExitCode.FOUND);
        assertThat(out.toString()).contains("EXPIRED");
        assertThat(run("show", directory.resolve("one.key").toString())).isEqualTo(ExitCode.CANNOT);
    }

    @Test
    void each_command_explains_itself() {
        for (String command : List.of("init", "issue", "show")) {
            assertThat(Commands.commandLine(new Main())
                            .setOut(new PrintWriter(out))
                            .execute(command, "--help"))
                    .isEqualTo(ExitCode.OK);
        }
        assertThat(out.toString()).contains("ca.key", "--renew", "--within");
    }
}
