package dev.assent.shop.drills.report;

import static dev.assent.shop.drills.report.Markup.escaped;

import dev.assent.shop.drills.plan.Entry;
import dev.assent.shop.drills.plan.Seen;
import dev.assent.shop.drills.plan.Verdict;
import dev.assent.shop.drills.run.Result;
import java.util.List;
import java.util.Locale;

/** One page that refers to nothing outside of itself, and says in words what colours say too. */
final class HtmlReport {
    private static final String STYLE = """
            body { font: 15px/1.45 system-ui, sans-serif; max-width: 60rem; margin: 1.5rem auto; padding: 0 1rem;
                   color: #1c1c1c; background: #fff; }
            h1 { font-size: 1.5rem; } h2 { font-size: 1.2rem; margin-top: 2.5rem; border-top: 1px solid #999; padding-top: 1rem; }
            table { border-collapse: collapse; width: 100%; } td, th { text-align: left; vertical-align: top;
                   padding: .25rem .6rem .25rem 0; border-bottom: 1px solid #ddd; overflow-wrap: anywhere; }
            .held { color: #0b6b2e; white-space: nowrap; } .violated { color: #a8071a; font-weight: bold; white-space: nowrap; }
            .time { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap; }
            svg { margin: .8rem 0; } svg text { font: 11px system-ui, sans-serif; fill: currentColor; }
            .bar { fill: #33658a; } .axis { fill: none; stroke: currentColor; } .hatch { stroke: #b0603a; stroke-width: 2; }
            @media (prefers-color-scheme: dark) { body { color: #e6e6e6; background: #161616; }
                   .held { color: #6fd08c; } .violated { color: #ff8a8a; } .bar { fill: #86bbd8; } td, th { border-color: #444; } }
            """;

    private HtmlReport() {}

    static String of(List<Result> results) {
        StringBuilder page = new StringBuilder("<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">")
                .append("<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">")
                .append("<title>Drills</title><style>\n")
                .append(STYLE)
                .append("</style></head><body>\n<h1>Drills: ")
                .append(results.stream().filter(Result::held).count())
                .append(" of ")
                .append(results.size())
                .append(
                        " held</h1>\n<table><tr><th>drill</th><th>round</th><th>verdict</th><th>what broke it</th></tr>\n");
        for (int number = 0; number < results.size(); number++) {
            page.append(row(results.get(number), number));
        }
        page.append("</table>\n");
        for (int number = 0; number < results.size(); number++) {
            page.append(section(results.get(number), number));
        }
        return page.append("</body></html>\n").toString();
    }

    private static String verdict(boolean held) {
        return held ? "<span class=\"held\">✓ held</span>" : "<span class=\"violated\">✗ VIOLATED</span>";
    }

    private static String row(Result result, int number) {
        return "<tr><td><a href=\"#run" + number + "\">"
                + escaped(result.drill().name()) + "</a></td><td>"
                + result.round() + "</td><td>" + verdict(result.held()) + "</td><td>" + escaped(result.reasons())
                + "</td></tr>\n";
    }

    private static String section(Result result, int number) {
        StringBuilder section = new StringBuilder(
                "<h2 id=\"run" + number + "\">" + escaped(result.drill().name()) + ", round " + result.round() + ": "
                        + verdict(result.held()) + "</h2>\n");
        section.append("<p>").append(escaped(result.drill().hypothesis())).append("</p>\n<table>");
        fact(section, "against", result.target());
        fact(section, "fault", result.drill().fault().text());
        fact(section, "rehearsed", result.drill().bug().protection());
        fact(
                section,
                "planted bug",
                result.bug().map(bug -> bug.option() + ": " + bug.text()).orElse("none"));
        fact(section, "seed", Long.toString(result.seed()));
        fact(section, "throughput", throughput(result.seen()));
        section.append("</table>\n")
                .append(ThroughputPlot.of(result.seen(), number))
                .append("\n<table><tr><th>invariant</th><th>verdict</th><th>because</th></tr>\n");
        for (Verdict verdict : result.verdicts()) {
            section.append("<tr><td>")
                    .append(escaped(verdict.invariant()))
                    .append("</td><td>")
                    .append(verdict(verdict.held()))
                    .append("</td><td>")
                    .append(escaped(verdict.reason()))
                    .append("</td></tr>\n");
        }
        section.append("</table>\n<table><tr><th class=\"time\">s</th><th>done and seen</th></tr>\n");
        for (Entry entry : result.seen().timeline()) {
            section.append(String.format(
                            Locale.ROOT, "<tr><td class=\"time\">%.2f</td><td>", entry.atMillis() / 1_000.0))
                    .append(escaped(entry.what()))
                    .append("</td></tr>\n");
        }
        return section.append("</table>\n").toString();
    }

    private static void fact(StringBuilder section, String what, String value) {
        section.append("<tr><th>")
                .append(what)
                .append("</th><td>")
                .append(escaped(value))
                .append("</td></tr>");
    }

    private static String throughput(Seen seen) {
        long struck = seen.struckAtMillis().orElse(seen.endMillis());
        return String.format(
                Locale.ROOT,
                "commits a second: %.0f before, %.0f during, %.0f after the fault",
                seen.perSecond(0, struck),
                seen.perSecond(struck, seen.healedAtMillis()),
                seen.perSecond(seen.healedAtMillis(), seen.endMillis()));
    }
}
