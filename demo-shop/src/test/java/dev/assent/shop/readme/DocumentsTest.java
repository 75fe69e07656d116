package dev.assent.shop.readme;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.w3c.dom.Element;

/** What the documents name is there. Whoever renames or removes something mends the page in the same commit. */
class DocumentsTest {
    private static final Path ROOT = Path.of("..").toAbsolutePath().normalize();

    private final Documents documents = new Documents(ROOT);

    DocumentsTest() throws IOException {}

    private static String text(String page) {
        return Documents.read(ROOT.resolve(page));
    }

    @Test
    void every_link_leads_to_a_file_and_to_a_heading() {
        List<String> dead = documents.pages().stream()
                .flatMap(page -> documents.deadLinks(page, Documents.read(page)).stream())
                .toList();

        assertThat(documents.pages()).hasSizeGreaterThan(20);
        assertThat(dead).isEmpty();
    }

    @Test
    void a_link_that_leads_nowhere_is_noticed() {
        Path page = ROOT.resolve("README.md");

        assertThat(documents.deadLinks(page, "[a](docs/none.md) [b](docs/limits.md#none) [c](docs/limits.md#limits)"))
                .containsExactly(
                        "README.md links to docs/none.md, which is not there",
                        "README.md links to docs/limits.md#none, which is not there");
    }

    @Test
    void every_page_is_in_the_list_of_pages() {
        Path list = ROOT.resolve("docs/README.md");
        List<String> listed = documents.linkedFrom(list, Documents.read(list)).toList();

        assertThat(documents.pages().stream()
                        .filter(page -> page.startsWith(ROOT.resolve("docs")))
                        .filter(page -> !page.startsWith(ROOT.resolve("docs/adr")) && !page.equals(list))
                        .map(page -> ROOT.relativize(page).toString()))
                .isSubsetOf(listed);
    }

    /** Readable with a dark background too, and told to who cannot see it. */
    @Test
    void every_picture_is_in_a_page_has_words_and_knows_the_dark() throws Exception {
        Set<String> shown = documents.pages().stream()
                .flatMap(page -> documents.linkedFrom(page, Documents.read(page)))
                .collect(Collectors.toSet());
        List<Path> pictures;
        try (Stream<Path> files = Files.list(ROOT.resolve("docs/pictures"))) {
            pictures = files.toList();
        }

        assertThat(pictures).hasSizeGreaterThanOrEqualTo(8);
        for (Path picture : pictures) {
            assertThat(shown).contains(ROOT.relativize(picture).toString());
            Element drawn = DocumentBuilderFactory.newInstance()
                    .newDocumentBuilder()
                    .parse(picture.toFile())
                    .getDocumentElement();
            assertThat(drawn.getElementsByTagName("title").getLength())
                    .as(picture.toString())
                    .isEqualTo(1);
            assertThat(drawn.getElementsByTagName("style").item(0).getTextContent())
                    .as(picture.toString())
                    .contains("prefers-color-scheme:dark");
        }
    }

    @Test
    void every_constant_that_the_limits_name_is_declared_where_they_say() {
        assertThat(documents.unknownConstants(text("docs/limits.md"))).isEmpty();
        assertThat(documents.misplacedConstants(text("docs/limits.md"))).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"coordination-core", "outbox-relay"})
    void every_limit_of_a_module_stands_in_the_page_with_what_happens(String module) {
        Limits limits = new Limits(text("docs/limits.md"));

        List<Path> sources = documents.sources(module).toList();
        assertThat(sources).hasSizeGreaterThan(50);
        assertThat(limits.missing(sources.stream())).isEmpty();
        assertThat(limits.silentRows()).isEmpty();
    }

    @Test
    void a_limit_that_nobody_wrote_down_is_noticed() {
        Limits limits = new Limits("""
                | what | name / setting | default | what happens when it is hit |
                |---|---|---|---|
                | a | `A_MAX` (`One`), `oneMax` | 1 | - |
                | b | `b.size` | 1 | |
                """);

        assertThat(limits.missing("One", "static final int A_MAX = 1; record OneLimits(int oneMax, int twoMax) {}"))
                .containsExactly("OneLimits.twoMax");
        assertThat(limits.missing(
                        "Two", "static final int A_MAX = 1; settings.size(\"b.size\"); settings.number(\"b\")"))
                .containsExactly("Two.A_MAX", "b");
        assertThat(limits.silentRows()).containsExactly("| b | `b.size` | 1 | |");
    }

    @Test
    void a_constant_that_is_gone_is_noticed() {
        assertThat(documents.unknownConstants("| a | `GONE_SINCE_THEN_MAX`, `REPLY_BYTES_MAX` (`StoreSession`) |"))
                .containsExactly("GONE_SINCE_THEN_MAX is declared nowhere");
        assertThat(documents.misplacedConstants("| a | `KEPT_MAX`, `READ_MAX` (`Collector`); `Collector.KEPT_MAX` |"))
                .containsExactly("KEPT_MAX is not declared in [Collector]", "KEPT_MAX is not declared in Collector");
    }

    @Test
    void every_class_that_a_page_names_occurs_in_the_sources() {
        List<String> unknown = documents.pages().stream()
                .flatMap(page -> documents.unknownClasses(page, Documents.read(page)).stream())
                .toList();

        assertThat(unknown).isEmpty();
    }

    @Test
    void a_class_that_is_gone_is_noticed() {
        assertThat(documents.unknownClasses(ROOT.resolve("README.md"), "`ZabPeer` steps, `OldLeaderOfYore` did"))
                .containsExactly("README.md names OldLeaderOfYore, which occurs in no source");
    }

    @Test
    void the_walks_name_classes_where_they_are() {
        assertThat(documents.lostFiles(text("docs/walks.md"), 1)).isEmpty();
        assertThat(documents.lostClasses(text("docs/walks.md"))).isEmpty();
    }

    @Test
    void the_walks_come_back_to_no_package_without_saying_so_and_why() {
        assertThat(Walks.unexplained(text("docs/walks.md"))).isEmpty();
    }

    @Test
    void a_step_back_is_noticed() {
        String walk = """
                ## A walk
                | 1 | `zab` | `Leading` | x |
                | 2 | `tree`, `zab` | `DataTree` | x |
                | 3 | `disk` | `FileTxnLog` | x |
                | 4 | `tree` | `DataTree` | x |
                | 5 ↩ | `codec` | `PeerCodec` | x |
                """;

        assertThat(Walks.unexplained(walk))
                .containsExactly(
                        "## A walk: step 4 comes back to [tree] unmarked",
                        "## A walk: step 5 is marked, and comes back to nothing",
                        "## A walk: does not say why it comes back");
    }

    @Test
    void what_a_newcomer_looks_for_is_where_the_list_says() {
        String list =
                text("CONTRIBUTING.md").split("## Where would I change", -1)[1].split("\n## ", -1)[0];

        assertThat(list.lines().filter(line -> line.startsWith("| "))).hasSizeGreaterThanOrEqualTo(20);
        assertThat(documents.lostFiles(list, 1)).isEmpty();
    }

    @Test
    void a_class_that_has_moved_is_noticed() {
        assertThat(documents.lostFiles("| 1 | `zab`, `tree` | `Leading`, `TxnCodec`, `LogWriter` | x |", 1))
                .containsExactly("LogWriter is not in [zab, tree]");
        assertThat(documents.lostClasses("`zab.ZabPeer` and `tree.LogWriter`"))
                .containsExactly("LogWriter is not in tree");
    }
}
