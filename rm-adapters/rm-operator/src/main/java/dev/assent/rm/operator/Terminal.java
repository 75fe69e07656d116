package dev.assent.rm.operator;

import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;

/** Where a command's words go. */
final class Terminal {
    static final int NARROWEST = 60;
    private static final int DEFAULT_WIDTH = 100;
    private static final int WIDEST = 200;

    private final CommandLine command;
    private final CommandContext surroundings;

    Terminal(@Nullable CommandSpec spec, CommandContext surroundings) {
        if (spec == null) {
            throw new IllegalStateException("picocli sets the spec");
        }
        this.command = spec.commandLine();
        this.surroundings = surroundings;
    }

    /** As asked for, else as the environment's COLUMNS says, within reason. */
    int width(@Nullable Integer asked) {
        int wanted = asked != null
                ? asked
                : surroundings
                        .variable("COLUMNS")
                        .filter(text -> text.matches("\\d{1,4}"))
                        .map(Integer::valueOf)
                        .orElse(DEFAULT_WIDTH);
        return Math.max(NARROWEST, Math.min(WIDEST, wanted));
    }

    void print(String text) {
        command.getOut().println(text);
        command.getOut().flush();
    }

    void print(List<String> lines) {
        lines.forEach(command.getOut()::println);
        command.getOut().flush();
    }
}
