package dev.assent.certs;

import dev.assent.command.ExitCode;
import dev.assent.security.CertifiedName;
import dev.assent.security.Role;
import dev.assent.security.TlsFiles;
import dev.assent.settings.SettingsException;
import dev.assent.time.Clock;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

@Command(
        name = "issue",
        mixinStandardHelpOptions = true,
        description = {
            "Issues a certificate: NAME.pem and NAME.key, for one process. What it may be has to be said; a process that",
            "is several things needs each of them.",
            ""
        })
final class IssueCommand implements Callable<Integer> {
    @Parameters(paramLabel = "NAME", description = "Its common name, and that of its files.")
    private String name = "";

    @Option(names = "--member", paramLabel = "ID", description = "May be the store's member with this server id.")
    private List<String> members = new ArrayList<>();

    @Option(names = "--node", paramLabel = "NAME", description = "May be the coordinator node of this name.")
    private List<String> nodes = new ArrayList<>();

    @Option(names = "--agent", paramLabel = "NAME", description = "May be the service of this name.")
    private List<String> agents = new ArrayList<>();

    @Option(names = "--client", paramLabel = "NAME", description = "May be a client of the store.")
    private List<String> clients = new ArrayList<>();

    @Option(
            names = "--host",
            paramLabel = "HOST",
            description = "A name or address under which it is reached; several if given several times"
                    + " (default: localhost and 127.0.0.1).")
    private List<String> hosts = new ArrayList<>();

    @Option(names = "--days", defaultValue = "90", description = "How long it is valid (default: ${DEFAULT-VALUE}).")
    private int days;

    @Option(
            names = "--directory",
            defaultValue = "certs",
            description = "Where the authority is, and where the files are put (default: ${DEFAULT-VALUE}).")
    private Path directory = Path.of("certs");

    @Option(names = "--renew", description = "Replaces the files of that name; who uses them takes them up by itself.")
    private boolean renew;

    @Spec
    private @Nullable CommandSpec spec;

    @Override
    public Integer call() throws SettingsException, IOException {
        Output output = new Output(spec);
        Subject subject = subject(output);
        Path file = directory.resolve(name + ".pem");
        if (!renew && Files.exists(file)) {
            throw output.wrong(file + " is there already: --renew replaces it");
        }
        TlsFiles files = Authority.in(directory).issue(subject).write(directory, name);
        output.say("made " + files.certificate() + " and " + files.key() + ", valid until " + subject.until());
        return ExitCode.OK;
    }

    private Subject subject(Output output) {
        List<CertifiedName> names = new ArrayList<>();
        try {
            members.forEach(id -> names.add(new CertifiedName(Role.MEMBER, id)));
            nodes.forEach(node -> names.add(new CertifiedName(Role.NODE, node)));
            agents.forEach(agent -> names.add(new CertifiedName(Role.AGENT, agent)));
            clients.forEach(client -> names.add(new CertifiedName(Role.CLIENT, client)));
            if (names.isEmpty()) {
                throw output.wrong("what may it be? Give --member, --node, --agent or --client");
            }
            Instant now = Instant.ofEpochMilli(Clock.SYSTEM.epochMillis());
            return new Subject(
                    name,
                    names,
                    hosts.isEmpty() ? List.of("localhost", "127.0.0.1") : hosts,
                    now,
                    now.plus(Duration.ofDays(output.within("--days", days, 1, 36_500))));
        } catch (IllegalArgumentException e) {
            throw output.wrong(String.valueOf(e.getMessage()));
        }
    }
}
