package dev.assent.shop.drills.report;

import static dev.assent.shop.drills.report.Markup.escaped;

import dev.assent.shop.drills.plan.PlantedBug;
import dev.assent.shop.drills.run.Result;
import java.util.List;
import java.util.Locale;

/** The form that build servers read: a drill's run is a test case, a drill that cannot run here is skipped. */
final class JUnitXml {
    private JUnitXml() {}

    static String of(List<Result> results, List<NotRun> notRun) {
        StringBuilder xml = new StringBuilder(String.format(
                Locale.ROOT,
                "<?xml version=\"1.0\" encoding=\"UTF-8\"?>%n<testsuite name=\"drills\" tests=\"%d\" failures=\"%d\""
                        + " errors=\"0\" skipped=\"%d\">%n",
                results.size() + notRun.size(),
                results.stream().filter(result -> !result.held()).count(),
                notRun.size()));
        results.forEach(result -> xml.append(testCase(result)));
        for (NotRun left : notRun) {
            xml.append(String.format(
                    Locale.ROOT,
                    "  <testcase classname=\"drills\" name=\"%s\" time=\"0\"><skipped message=\"%s\"/></testcase>%n",
                    escaped(left.drill()),
                    escaped(left.why())));
        }
        return xml.append("</testsuite>\n").toString();
    }

    private static String testCase(Result result) {
        String name = result.drill().name() + " round " + result.round()
                + result.bug()
                        .map(PlantedBug::option)
                        .map(bug -> " with " + bug)
                        .orElse("");
        String failure = result.held()
                ? ""
                : String.format(
                        Locale.ROOT,
                        "    <failure message=\"%s\">%s</failure>%n",
                        escaped(result.reasons()),
                        escaped(result.line()));
        return String.format(
                Locale.ROOT,
                "  <testcase classname=\"drills.%s\" name=\"%s\" time=\"%.3f\">%n%s  </testcase>%n",
                escaped(result.target()),
                escaped(name),
                result.seen().endMillis() / 1_000.0,
                failure);
    }
}
