package dev.assent.shop.drills.system;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.assent.settings.SettingsException;
import dev.assent.shop.drills.plan.Moment;
import dev.assent.shop.drills.plan.PlantedBug;
import dev.assent.shop.drills.system.SystemDescription.Act;
import dev.assent.shop.drills.system.SystemDescription.Command;
import dev.assent.shop.drills.system.SystemDescription.Kind;
import dev.assent.shop.drills.system.SystemDescription.Probe;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class SystemFileTest {
    private static final String GOOD = """
            system: shop
            ports: [web]
            parts:
              db:
                kind: database
                start: docker start db
                kill: [docker, kill, db]
                freeze: { command: docker pause db, within: 500ms }
                thaw: docker unpause db
                ready: { sql: select 1, url: "jdbc:postgresql://127.0.0.1/x" }
                ready-within: 2m
              web:
                kind: service
                run: [java, Web.java, "${web}", "${work}"]
            load:
              callers: 3
              request: http://127.0.0.1:${web}/book/${id}
              committed: [201, 200]
              rolled-back: 409
            prepared:
              - sql: select count(*) from pg_prepared_xacts
                url: jdbc:postgresql://127.0.0.1/x
            checks:
              - name: all is there
                about: work
                http: http://127.0.0.1:${web}/count
                expect: ${committed}
            moments:
              between-commits: { command: echo 1 }
            bugs:
              ended-by-guess: echo rolled back
            """;

    @TempDir
    Path directory;

    private static Command shell(String text, Duration within) {
        return new Command(List.of("sh", "-c", text), within);
    }

    private SystemDescription read(String text) throws IOException, SettingsException {
        return SystemFile.read(Files.writeString(directory.resolve("drill.yaml"), text), directory, () -> 4711);
    }

    @Test
    void a_description_says_how_each_part_is_started_ended_frozen_and_seen_to_serve() throws Exception {
        SystemDescription system = read(GOOD);

        assertThat(system.name()).isEqualTo("shop");
        assertThat(system.parts()).hasSize(2).first().satisfies(db -> {
            assertThat(db.kind()).isEqualTo(Kind.DATABASE);
            assertThat(db.acts())
                    .containsEntry(Act.KILL, new Command(List.of("docker", "kill", "db"), Duration.ofSeconds(30)))
                    .containsEntry(Act.START, shell("docker start db", Duration.ofSeconds(30)))
                    .containsEntry(Act.FREEZE, shell("docker pause db", Duration.ofMillis(500)));
            assertThat(db.ready()).contains(new Probe.Sql("jdbc:postgresql://127.0.0.1/x", "select 1"));
            assertThat(db.readyWithin()).isEqualTo(Duration.ofMinutes(2));
        });
        assertThat(system.parts().get(1).run().orElseThrow().words())
                .containsExactly("java", "Web.java", "4711", directory.toString());
        assertThat(system.load().url()).isEqualTo("http://127.0.0.1:4711/book/${id}");
        assertThat(system.load().rolledBack()).isEqualTo(List.of(409));
        assertThat(system.checks().get(0).expect()).isEqualTo("${committed}");
        assertThat(system.moments()).containsKey(Moment.BETWEEN_COMMITS);
        assertThat(system.bugs()).containsKey(PlantedBug.ENDED_BY_GUESS);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            kind: database | kind: databse | line 5: parts.db.kind: 'databse' is none of node, service, database
            within: 500ms | within: 500 | line 8: parts.db.freeze.within: write a time such as 500ms, 20s or 2m, not '500'
            callers: 3 | callers: none | line 16: load.callers: write a whole number from 1 to 200, not 'none'
            callers: 3 | caller: 3 | line 16: load.caller: there is no such key; there are callers, method
            about: work | about: play | line 25: checks[1].about: write 'answers'
            kind: service | run: [x] | line 14: parts.web: 'run' stands there twice; leave one
            thaw: docker unpause db | stop: docker stop db | line 5: parts.db: 'freeze' and 'thaw' belong together
            start: docker start db | stop: docker stop db | line 5: parts.db: say how it is started: 'run'
            between-commits: | between-commit: | line 29: moments.between-commit: there is no such key; there are any
            jdbc:postgresql | postgresql | line 10: parts.db.ready.url: write a JDBC URL, such as jdbc:
            request: http | request: ftp | line 17: load.request: write a URL that begins with http://
            system: shop | sistem: shop | line 1: sistem: there is no such key; there are system, ports, parts
            system: shop | system: [shop | line 2: this is no YAML: expected ',' or ']'
            """)
    void whatever_is_wrong_is_told_with_its_line_its_key_and_what_to_write(String right, String wrong, String told) {
        assertThatThrownBy(() -> read(GOOD.replaceFirst(right.replace("*", "\\*"), wrong)))
                .isInstanceOf(SettingsException.class)
                .hasMessageContaining("drill.yaml, " + told);
    }

    @Test
    void an_empty_file_is_told_where_to_look() {
        assertThatThrownBy(() -> read(""))
                .isInstanceOf(SettingsException.class)
                .hasMessageContaining("is empty; docs/drills.md shows what belongs into it");
    }
}
