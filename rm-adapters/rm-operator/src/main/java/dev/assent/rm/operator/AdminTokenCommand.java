package dev.assent.rm.operator;

import dev.assent.admin.login.AdminRole;
import dev.assent.admin.login.SecretFile;
import dev.assent.admin.login.Token;
import dev.assent.admin.login.TokenLine;
import dev.assent.command.ExitCode;
import dev.assent.settings.SettingsException;
import java.io.IOException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Makes a token for the admin API. */
@Command(
        name = "token",
        mixinStandardHelpOptions = true,
        description = {
            "Makes a token for the admin API: the token itself for its owner, and a line with its digest for the file that"
                    + " admin.tokens names. The token is told this once and kept nowhere.",
            ""
        },
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {"0:made", "1:the file cannot be written", "2:wrong usage; nothing was done"})
final class AdminTokenCommand implements Callable<Integer> {
    private final CommandContext surroundings;

    @Parameters(paramLabel = "NAME", description = "Whose it is; it stands in the audit log.")
    private String name = "";

    @Option(
            names = "--role",
            required = true,
            paramLabel = "ROLE",
            description = "read: sees everything. operate: acts, too.")
    private String role = "";

    @Option(
            names = "--file",
            paramLabel = "FILE",
            description = "Adds the line there, and makes the file if need be; processes take it up by themselves.")
    private @Nullable Path file;

    @Spec
    private @Nullable CommandSpec spec;

    AdminTokenCommand(CommandContext surroundings) {
        this.surroundings = surroundings;
    }

    @Override
    public Integer call() throws SettingsException, IOException {
        Terminal terminal = new Terminal(spec, surroundings);
        AdminRole wanted =
                AdminRole.of(role).orElseThrow(() -> new SettingsException("--role is read or operate, not " + role));
        Token token = Token.fresh(new SecureRandom());
        TokenLine line = line(wanted, token);
        if (file != null) {
            SecretFile.append(file, line);
        }
        terminal.print("token, for its owner: " + token.secret());
        terminal.print(
                file == null
                        ? "line for the file that admin.tokens names: " + line.text()
                        : "its line was added to " + file);
        return ExitCode.OK;
    }

    private TokenLine line(AdminRole wanted, Token token) throws SettingsException {
        try {
            return new TokenLine(name, wanted, token.sha256());
        } catch (IllegalArgumentException wrong) {
            throw new SettingsException(String.valueOf(wrong.getMessage()), wrong);
        }
    }
}
