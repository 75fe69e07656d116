package dev.assent.rm.operator;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Clock;
import java.util.Optional;
import picocli.CommandLine;
import picocli.CommandLine.Command;

/** The operators' commands in one program. */
@Command(
        name = "assent",
        mixinStandardHelpOptions = true,
        version = "Assent 0.1.0",
        description = "Commands for operators.")
public final class Main {
    private Main() {}

    public static void main(String[] arguments) {
        if (System.getProperty("logback.configurationFile") == null) {
            System.setProperty("logback.configurationFile", "assent-operator-logback.xml");
        }
        CommandContext surroundings = new CommandContext(name -> Optional.ofNullable(System.getenv(name)), operator());
        System.exit(commands(surroundings, Clock.systemUTC()).execute(arguments));
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

    /** All of them, for whoever brings surroundings of his own. */
    static CommandLine commands(CommandContext surroundings, Clock clock) {
        CommandLine tx = new CommandLine(new TxCommand())
                .addSubcommand(new TxListCommand(surroundings, clock))
                .addSubcommand(new TxShowCommand(surroundings, clock))
                .addSubcommand(new TxResolveCommand(surroundings, clock))
                .addSubcommand(new TxRetryCommand(surroundings, clock))
                .addSubcommand(new TxForgetCommand(surroundings, clock))
                .addSubcommand(new TxSagasCommand(surroundings))
                .addSubcommand(new TxAuditCommand(surroundings));
        return new CommandLine(new Main())
                .addSubcommand(new DoctorCommand(surroundings, clock))
                .addSubcommand("tx", tx)
                .setExecutionExceptionHandler((failure, command, parsed) -> {
                    command.getErr().println("assent: " + failure);
                    command.getErr().flush();
                    return ExitCode.CANNOT;
                });
    }
}
