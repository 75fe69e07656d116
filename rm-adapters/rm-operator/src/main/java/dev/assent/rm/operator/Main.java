package dev.assent.rm.operator;

import dev.assent.command.Commands;
import dev.assent.command.Version;
import dev.assent.time.Clock;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Optional;
import picocli.CommandLine;
import picocli.CommandLine.Command;

/** The operators' commands in one program. */
@Command(
        name = "assent",
        mixinStandardHelpOptions = true,
        version = Version.TEXT,
        description = "Commands for operators.")
public final class Main {
    private static final String LOGGING = "assent-operator-logback.xml";

    private Main() {}

    public static void main(String[] arguments) {
        Commands.run(() -> commands(surroundings(), Clock.SYSTEM), LOGGING, arguments);
    }

    private static CommandContext surroundings() {
        return new CommandContext(name -> Optional.ofNullable(System.getenv(name)), operator());
    }

    private static String operator() {
        return System.getProperty("user.name") + "@" + host();
    }

    private static String host() {
        try {
            return InetAddress.getLocalHost().getHostName();
        } catch (UnknownHostException unnamed) {
            return "unknown host";
        }
    }

    /** All of them, for whoever brings a context of his own. */
    public static CommandLine commands(CommandContext context, Clock clock) {
        CommandLine tx = new CommandLine(new TxCommand())
                .addSubcommand(new TxListCommand(context, clock))
                .addSubcommand(new TxShowCommand(context, clock))
                .addSubcommand(new TxResolveCommand(context, clock))
                .addSubcommand(new TxRetryCommand(context, clock))
                .addSubcommand(new TxForgetCommand(context, clock))
                .addSubcommand(new TxExportCommand(context))
                .addSubcommand(new TxSagasCommand(context))
                .addSubcommand(new TxAuditCommand(context));
        return Commands.commandLine(new CommandLine(new Main())
                .addSubcommand(new StatusCommand(context, clock))
                .addSubcommand(new DoctorCommand(context, clock))
                .addSubcommand("tx", tx)
                .addSubcommand(
                        "admin", new CommandLine(new AdminCommand()).addSubcommand(new AdminTokenCommand(context))));
    }
}
