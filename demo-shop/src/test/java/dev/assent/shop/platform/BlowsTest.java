package dev.assent.shop.platform;

import static org.assertj.core.api.Assertions.assertThat;

import dev.assent.command.Commands;
import dev.assent.command.ExitCode;
import dev.assent.shop.takeover.RollingMain;
import dev.assent.shop.takeover.TakeoverMain;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Of a torture that does nothing everything would hold. */
class BlowsTest {
    static Stream<Arguments> commands() {
        return Stream.of(
                Arguments.of(new dev.assent.shop.saga.Main(), new String[] {"--rounds=0"}),
                Arguments.of(new dev.assent.shop.tcc.Main(), new String[] {"--rounds=-1"}),
                Arguments.of(new dev.assent.shop.soak.Main(), new String[] {"--minutes=0"}),
                Arguments.of(new RollingMain(), new String[] {"--rounds=0"}),
                Arguments.of(new TakeoverMain(), new String[] {"--rounds=0", "--freezes=0"}));
    }

    @ParameterizedTest
    @MethodSource("commands")
    void a_torture_of_nothing_is_refused(Object command, String[] arguments) {
        StringWriter said = new StringWriter();

        int exit = Commands.commandLine(command)
                .setErr(new PrintWriter(said, true))
                .execute(arguments);

        assertThat(exit).isEqualTo(ExitCode.USAGE);
        assertThat(said).asString().contains("at least 1");
    }
}
