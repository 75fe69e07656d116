package dev.assent.shop.drills.report;

import static org.assertj.core.api.Assertions.assertThat;

import dev.assent.shop.drills.plan.Audit;
import dev.assent.shop.drills.plan.Catalogue;
import dev.assent.shop.drills.plan.Drill;
import dev.assent.shop.drills.plan.Entry;
import dev.assent.shop.drills.plan.Judgement;
import dev.assent.shop.drills.plan.PlantedBug;
import dev.assent.shop.drills.plan.Sample;
import dev.assent.shop.drills.plan.Seen;
import dev.assent.shop.drills.run.Result;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.LongStream;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.w3c.dom.Document;
import org.w3c.dom.Element;

final class ReportsTest {
    private static final Drill DRILL = Catalogue.all().get(0);

    @TempDir
    Path directory;

    private static Result result(List<String> lost) {
        List<Sample> samples = LongStream.rangeClosed(0, 60)
                .mapToObj(tick -> new Sample(tick * 50, tick, 0, 0))
                .toList();
        Seen seen = new Seen(
                samples,
                List.of(new Entry(1_000, "kill -9 <node-1> & others")),
                Optional.of(1_000L),
                2_000,
                List.of(),
                3_000,
                Optional.of(5L),
                0,
                new Audit(List.of(), lost));
        return new Result(
                DRILL,
                "demo",
                1,
                7,
                Optional.of(PlantedBug.DECISION_NOT_KEPT),
                seen,
                Judgement.of(DRILL.invariants(), seen));
    }

    private Document xml() throws Exception {
        return DocumentBuilderFactory.newInstance()
                .newDocumentBuilder()
                .parse(directory.resolve(Reports.XML).toFile());
    }

    @Test
    void the_page_refers_to_nothing_outside_and_says_in_words_what_held() throws Exception {
        Reports.write(directory, List.of(result(List.of()), result(List.of("2 < 3 cents"))), List.of());

        String page = Files.readString(directory.resolve(Reports.PAGE));
        assertThat(page).doesNotContain("http", "src=", "url(http", "@import", "<script", "<link");
        assertThat(page).contains("1 of 2 held", "✓ held", "✗ VIOLATED", "2 &lt; 3 cents", "<svg", "healed");
        assertThat(page).contains("kill -9 &lt;node-1&gt; &amp; others").doesNotContain("<node-1>");
        assertThat(page).contains(DRILL.hypothesis(), PlantedBug.DECISION_NOT_KEPT.text());
    }

    @Test
    void the_xml_counts_failures_and_what_was_left_out() throws Exception {
        Reports.write(
                directory,
                List.of(result(List.of()), result(List.of("\"quoted\" & <lost>"))),
                List.of(new NotRun("leader-disk-full", "no C compiler")));

        Element suite = xml().getDocumentElement();
        assertThat(suite.getAttribute("tests")).isEqualTo("3");
        assertThat(suite.getAttribute("failures")).isEqualTo("1");
        assertThat(suite.getAttribute("skipped")).isEqualTo("1");
        assertThat(((Element) suite.getElementsByTagName("failure").item(0)).getAttribute("message"))
                .contains("nothing is lost, nothing done twice: \"quoted\" & <lost>");
        assertThat(((Element) suite.getElementsByTagName("skipped").item(0)).getAttribute("message"))
                .isEqualTo("no C compiler");
    }

    @Test
    void the_line_says_which_run_it_was_and_how_it_went() {
        assertThat(result(List.of()).line())
                .isEqualTo("drill=" + DRILL.name()
                        + " round=1 seed=7 bug=decision-not-kept committed=60 rolledBack=0 unknown=0"
                        + " longestPauseMillis=50 held");
        assertThat(result(List.of("x")).line()).endsWith(" VIOLATED");
    }
}
