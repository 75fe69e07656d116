package dev.assent.house;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.lang.ArchRule;
import dev.assent.command.Commands;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import picocli.CommandLine.Command;

/** Every command begins and ends alike, simulations and benches among the tests too. */
final class CommandsTest {
    private static final DescribedPredicate<JavaClass> IS_COMMAND = DescribedPredicate.describe(
            "are commands",
            one -> one.isAnnotatedWith(Command.class)
                    && one.tryGetMethod("main", String[].class).isPresent());

    private static final ArchRule ALIKE = classes()
            .that(IS_COMMAND)
            .should()
            .callMethodWhere(DescribedPredicate.describe(
                    "is to Commands.run",
                    call -> call.getTargetOwner().isEquivalentTo(Commands.class)
                            && call.getName().equals("run")))
            .because("scripts rely on the same exit codes, and people on the same options and words, everywhere");

    @Test
    void every_command_goes_through_the_one_way_in() {
        ALIKE.check(EveryModule.everything());
        assertThat(ALIKE.evaluate(EveryModule.planted()).getFailureReport().getDetails())
                .anySatisfy(detail -> assertThat(detail).contains("EndsByItself"));
    }

    @Test
    void whatever_the_launcher_starts_is_such_a_command() throws IOException {
        Set<String> started = Pattern.compile("dev\\.assent\\.[\\w.]+")
                .matcher(Files.readString(Path.of("../assent")))
                .results()
                .map(MatchResult::group)
                .collect(Collectors.toCollection(TreeSet::new));

        Set<String> commands = EveryModule.everything().that(IS_COMMAND).stream()
                .map(JavaClass::getName)
                .collect(Collectors.toSet());
        assertThat(started).hasSizeGreaterThan(10);
        assertThat(commands).containsAll(started);
    }
}
