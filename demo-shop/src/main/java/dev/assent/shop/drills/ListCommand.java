package dev.assent.shop.drills;

import dev.assent.command.ExitCode;
import dev.assent.shop.drills.plan.Catalogue;
import dev.assent.shop.drills.plan.Drill;
import dev.assent.shop.drills.plan.Invariant;
import java.io.PrintWriter;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Which drills there are. */
@Command(name = "list", mixinStandardHelpOptions = true, description = "Lists the drills, the most telling first.")
final class ListCommand implements Callable<Integer> {
    @Option(names = "--long", description = "With fault, invariants and planted bug.")
    private boolean isLong;

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Override
    public Integer call() {
        PrintWriter out = spec.commandLine().getOut();
        for (Drill drill : Catalogue.all()) {
            out.printf("%-28s%s%n", drill.name(), drill.hypothesis());
            if (isLong) {
                out.println("    fault        " + drill.fault().text());
                drill.invariants().stream()
                        .map(Invariant::text)
                        .forEach(text -> out.println("    holds        " + text));
                out.println("    rehearses    " + drill.bug().protection());
                out.println("    planted bug  " + drill.bug().option() + ": "
                        + drill.bug().text());
            }
        }
        out.flush();
        return ExitCode.OK;
    }
}
