package dev.assent.certs;

import dev.assent.command.ExitCode;
import dev.assent.time.Clock;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

@Command(
        name = "init",
        mixinStandardHelpOptions = true,
        description = {"Makes an authority: ca.pem, which everybody trusts, and ca.key, which nobody else may have.", ""
        })
final class InitCommand implements Callable<Integer> {
    @Option(
            names = "--directory",
            defaultValue = "certs",
            description = "Where its files are put (default: ${DEFAULT-VALUE}).")
    private Path directory = Path.of("certs");

    @Option(names = "--name", defaultValue = "Assent authority", description = "Its name (default: ${DEFAULT-VALUE}).")
    private String name = "";

    @Option(names = "--days", defaultValue = "3650", description = "How long it is valid (default: ${DEFAULT-VALUE}).")
    private int days;

    @Spec
    private @Nullable CommandSpec spec;

    @Override
    public Integer call() throws IOException {
        Instant now = Instant.ofEpochMilli(Clock.SYSTEM.epochMillis());
        Output output = new Output(spec);
        Authority authority = Authority.create(name, now, Duration.ofDays(output.within("--days", days, 1, 36_500)));
        authority.write(directory);
        output.say("made " + directory.resolve(PemFile.AUTHORITY) + ", to be trusted everywhere, and "
                + directory.resolve(PemFile.AUTHORITY_KEY)
                + ", which signs: keep it on one machine, and copy it to none");
        return ExitCode.OK;
    }
}
