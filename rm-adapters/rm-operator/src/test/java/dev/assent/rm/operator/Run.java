package dev.assent.rm.operator;

import dev.assent.time.Clock;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import picocli.CommandLine;

/** One run of a command: how it ended, and what it printed. */
record Run(int code, String out, String err) {

    static Run of(String... arguments) {
        return of(Map.of(), arguments);
    }

    static Run of(Map<String, String> environment, String... arguments) {
        StringWriter out = new StringWriter();
        StringWriter err = new StringWriter();
        CommandContext surroundings =
                new CommandContext(name -> Optional.ofNullable(environment.get(name)), "operator@test");
        CommandLine commands = Main.commands(surroundings, Clock.SYSTEM)
                .setOut(new PrintWriter(out))
                .setErr(new PrintWriter(err));
        int code = commands.execute(arguments);
        return new Run(code, out.toString(), err.toString());
    }

    List<String> lines() {
        return out.lines().toList();
    }

    /** The values of a field of JSON text, wherever it stands. */
    List<String> values(String field) {
        return Pattern.compile("\"" + field + "\": \"([^\"]*)\"")
                .matcher(out)
                .results()
                .map(match -> match.group(1))
                .toList();
    }
}
