package dev.assent.house;

import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.ArchConfiguration;
import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** What all modules consist of. A module that is not compiled would be left out without a word, so it is an error. */
final class EveryModule {
    private static final List<String> GROUPS = List.of("..", "../coordination-core", "../tx-manager", "../rm-adapters");

    /** Artifacts that only tests of ours depend on. */
    private static final List<String> FOR_TESTS = List.of("/tx-testing/", "/rm-testing/");

    private static final DescribedPredicate<JavaClass> IS_PLANTED = DescribedPredicate.describe(
            "are planted", one -> one.getPackageName().contains(".planted"));
    private static final DescribedPredicate<JavaClass> IS_FOR_TESTS =
            DescribedPredicate.describe("are for tests", one -> one.getSource()
                    .map(source -> source.getUri().getPath())
                    .filter(path -> path.contains("/test-classes/")
                            || FOR_TESTS.stream().anyMatch(path::contains))
                    .isPresent());

    private EveryModule() {}

    /** Read once, when a rule needs them first. */
    private static final class Imported {
        private static final JavaClasses CLASSES = imported();
    }

    /** All but what is planted. */
    static JavaClasses everything() {
        return Imported.CLASSES.that(DescribedPredicate.not(IS_PLANTED));
    }

    /** What is not for tests. */
    static JavaClasses production() {
        return everything().that(DescribedPredicate.not(IS_FOR_TESTS));
    }

    /** The violations of this package's rules. */
    static JavaClasses planted() {
        return Imported.CLASSES.that(JavaClass.Predicates.resideInAPackage("dev.assent.house.planted.."));
    }

    /** Every source file, tests included. */
    static List<Path> sources() {
        List<Path> sources = new ArrayList<>();
        for (Path module : modules()) {
            for (String kind : List.of("src/main/java", "src/test/java")) {
                sources.addAll(javaBelow(module.resolve(kind)));
            }
        }
        assertThat(sources).hasSizeGreaterThan(1_000);
        return sources;
    }

    private static List<Path> javaBelow(Path directory) {
        if (!Files.isDirectory(directory)) {
            return List.of();
        }
        try (Stream<Path> files = Files.walk(directory)) {
            return files.filter(file -> file.toString().endsWith(".java")).toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static List<Path> modules() {
        List<Path> modules = new ArrayList<>();
        for (String group : GROUPS) {
            try (Stream<Path> folders = Files.list(Path.of(group))) {
                folders.filter(folder -> Files.isDirectory(folder.resolve("src")))
                        .filter(folder -> Files.exists(folder.resolve("pom.xml")))
                        .forEach(modules::add);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
        assertThat(modules).hasSizeGreaterThan(20);
        return modules;
    }

    private static JavaClasses imported() {
        // Names are enough for these rules; reading every library behind them takes a minute.
        ArchConfiguration.get().setResolveMissingDependenciesFromClassPath(false);
        List<Path> compiled = new ArrayList<>();
        for (Path module : modules()) {
            if (Files.isDirectory(module.resolve("src/main/java"))) {
                compiled.add(module.resolve("target/classes"));
            }
            if (Files.isDirectory(module.resolve("src/test/java"))) {
                compiled.add(module.resolve("target/test-classes"));
            }
        }
        assertThat(compiled)
                .as("compiled: run this in a build of all modules")
                .allSatisfy(classes -> assertThat(classes).isDirectory());
        return new ClassFileImporter().importPaths(compiled);
    }
}
