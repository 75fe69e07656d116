package dev.assent.shop.readme;

import dev.assent.shop.platform.JavaCommand;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What {@code ./assent} would start, on this test's class path: the launcher itself would build first. */
record LauncherScript(String text) {
    static LauncherScript in(Path checkout) throws IOException {
        return new LauncherScript(Files.readString(checkout.resolve("assent")));
    }

    /** The words of a process for {@code command} and what follows it. */
    List<String> words(List<String> arguments) throws ClassNotFoundException {
        String command = arguments.get(0);
        Matcher line = Pattern.compile("(?m)^  (?:[\\w| ]* )?" + Pattern.quote(command)
                        + "(?: \\|[\\w| ]*)?\\) run \\S+ (\\S+) (\"\\$command\" )?\"\\$@\" ;;$")
                .matcher(text);
        if (!line.find()) {
            throw new IllegalArgumentException("the launcher has no command '" + command + "'");
        }
        List<String> rest = line.group(2) == null ? arguments.subList(1, arguments.size()) : arguments;
        return JavaCommand.of(Class.forName(line.group(1)), "-Xmx192m")
                .with(rest.toArray(String[]::new))
                .words();
    }
}
