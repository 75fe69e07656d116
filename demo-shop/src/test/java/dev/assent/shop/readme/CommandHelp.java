package dev.assent.shop.readme;

import dev.assent.rm.operator.CommandContext;
import dev.assent.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Pattern;
import picocli.CommandLine;
import picocli.CommandLine.Help.Ansi;

/** What {@code --help} says, of every command that the launcher starts from what is packaged. */
record CommandHelp(LauncherScript launcher) {
    private static final int COLUMNS = 120;
    private static final String OPERATORS = "dev.assent.rm.operator.Main";
    private static final Pattern USAGE = Pattern.compile("(?s)<<'TEXT'\n(.*?)TEXT\n");
    private static final Pattern RUN =
            Pattern.compile("(?m)^ +[\\w| ]+\\) (?:run \\S+ (dev\\.\\S+)|(run_\\w+) (?!\\S+ dev\\.))");

    /** The page {@code docs/reference/cli.md}. */
    String page() throws ClassNotFoundException {
        StringBuilder page = new StringBuilder("""
                # Commands

                What each command says to `--help`. `CommandsPageTest` makes this page anew and compares; where they differ, it leaves
                the new one in `demo-shop/target/cli.md`. Benchmarks, simulations and fuzzing, `bench`, `simulate` and `fuzz`, are in
                [CONTRIBUTING](../../CONTRIBUTING.md#benchmarks).

                ```
                """);
        page.append(usage()).append("```\n");
        for (CommandLine command : commands()) {
            append(page, command);
        }
        return page.toString();
    }

    private String usage() {
        return USAGE.matcher(launcher.text())
                .results()
                .findFirst()
                .orElseThrow()
                .group(1);
    }

    /** A command that is started in a way of its own names its class there. */
    private List<String> mains() {
        return RUN.matcher(launcher.text())
                .results()
                .map(run -> run.group(1) != null ? run.group(1) : mainIn(run.group(2)))
                .toList();
    }

    private String mainIn(String function) {
        return Pattern.compile("(?ms)^" + function + "\\(\\) \\{.*?(dev\\.assent\\.[\\w.]+).*?^}")
                .matcher(launcher.text())
                .results()
                .findFirst()
                .orElseThrow(() -> new IllegalStateException(function + " names no class"))
                .group(1);
    }

    /** The commands that the launcher lists. */
    List<String> listed() {
        return Pattern.compile("(?m)^  ([a-z]+)\\b")
                .matcher(usage())
                .results()
                .map(command -> command.group(1))
                .distinct()
                .toList();
    }

    private List<CommandLine> commands() throws ClassNotFoundException {
        List<CommandLine> commands = new ArrayList<>();
        for (String main : mains()) {
            if (main.equals(OPERATORS)) {
                CommandContext nobody = new CommandContext(name -> Optional.empty(), "nobody");
                commands.addAll(dev.assent.rm.operator.Main.commands(nobody, Clock.SYSTEM)
                        .getSubcommands()
                        .values());
            } else {
                commands.add(new CommandLine(Class.forName(main)));
            }
        }
        return commands;
    }

    private static void append(StringBuilder page, CommandLine command) {
        command.setUsageHelpWidth(COLUMNS);
        page.append("\n## ").append(command.getCommandSpec().qualifiedName()).append("\n\n```\n");
        command.getUsageMessage(Ansi.OFF).lines().forEach(line -> page.append(line.stripTrailing())
                .append('\n'));
        page.append("```\n");
        new TreeMap<>(command.getSubcommands()).values().forEach(below -> append(page, below));
    }
}
