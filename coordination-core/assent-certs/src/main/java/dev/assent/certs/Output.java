package dev.assent.certs;

import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;

/** What a command says, and what it refuses. */
final class Output {
    private final CommandSpec spec;

    Output(@Nullable CommandSpec spec) {
        if (spec == null) {
            throw new IllegalStateException("picocli sets the spec");
        }
        this.spec = spec;
    }

    void say(String line) {
        spec.commandLine().getOut().println(line);
        spec.commandLine().getOut().flush();
    }

    ParameterException wrong(String why) {
        return new ParameterException(spec.commandLine(), why);
    }

    int within(String option, int value, int min, int max) {
        if (value < min || value > max) {
            throw wrong(option + "=" + value + " is outside " + min + ".." + max);
        }
        return value;
    }
}
