package dev.assent.shop.readme;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * What the documents name: files and headings that links lead to, constants, and the packages of classes. Each check
 * answers with what it did not find, in words.
 */
final class Documents {
    private static final Pattern LINK = Pattern.compile("\\]\\(([^)\\s]+)\\)");
    private static final Pattern CODE = Pattern.compile("`([^`\n]+)`");
    private static final Pattern CONSTANT = Pattern.compile("\\b([A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+)\\b");
    private static final String SCRIPT = ".js";
    private static final Pattern CONST = Pattern.compile("\\bconst ([A-Z][A-Z0-9_]+) =");
    private static final Pattern DECLARED = Pattern.compile("[\\w>\\]] ([A-Z][A-Z0-9_]+) =");
    private static final Pattern OF_A_CLASS =
            Pattern.compile("((?:`[^`]+`,? (?:and )?)+\\(`[A-Z]?[\\w.]+`(?:, `[\\w.]+`)*\\))");
    private static final Pattern QUALIFIED = Pattern.compile("^([A-Z]\\w+)\\.([A-Z][A-Z0-9_]{2,})$");
    private static final Pattern CLASS = Pattern.compile("\\b([A-Z][a-z0-9]+(?:[A-Z]\\w*)+)\\b");
    private static final Pattern IN_PACKAGE = Pattern.compile("^((?:[a-z][a-z0-9]*\\.)+)([A-Z]\\w+)$");
    private static final Pattern WORD = Pattern.compile("\\b(\\w+)\\b");
    private static final Pattern SOURCES = Pattern.compile("\\.(java|proto|sql|properties|json|imports|xml)$|META-INF");
    private static final Set<String> NOT_READ = Set.of("target", ".git", ".mvn");

    private final Path root;
    private final List<Path> files = new ArrayList<>();
    private final Set<String> words = new HashSet<>();

    /** @param root the checkout */
    Documents(Path root) throws IOException {
        this.root = root;
        Files.walkFileTree(root, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult preVisitDirectory(Path directory, BasicFileAttributes attributes) {
                return NOT_READ.contains(String.valueOf(directory.getFileName()))
                        ? FileVisitResult.SKIP_SUBTREE
                        : FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
                files.add(file);
                return FileVisitResult.CONTINUE;
            }
        });
    }

    /** Every page of the checkout. */
    List<Path> pages() {
        return files.stream().filter(file -> file.toString().endsWith(".md")).toList();
    }

    /** What a module, and those in folders of it, is compiled from. */
    Stream<Path> sources(String module) {
        return files.stream()
                .filter(file -> file.startsWith(root.resolve(module))
                        && file.toString().contains("/src/main/java/")
                        && file.toString().endsWith(".java"));
    }

    /** Links of a page that lead to no file, or to no heading of it; addresses in the network are not followed. */
    List<String> deadLinks(Path page, String text) {
        return found(LINK, text)
                .filter(link -> !link.contains("://") && !leadsSomewhere(page, link))
                .map(link -> root.relativize(page) + " links to " + link + ", which is not there")
                .toList();
    }

    /** The files that a page links to, from the root. */
    Stream<String> linkedFrom(Path page, String text) {
        return found(LINK, text).filter(link -> !link.contains("://")).map(link -> root.relativize(
                        page.resolveSibling(link.replaceFirst("#.*", "")).normalize())
                .toString());
    }

    private static boolean leadsSomewhere(Path page, String link) {
        int hash = link.indexOf('#');
        String path = hash < 0 ? link : link.substring(0, hash);
        Path target = path.isEmpty() ? page : page.resolveSibling(path).normalize();
        boolean isHeading = hash >= 0 && target.toString().endsWith(".md");
        return Files.exists(target) && (!isHeading || anchors(read(target)).contains(link.substring(hash + 1)));
    }

    private static Set<String> anchors(String text) {
        return text.lines()
                .filter(line -> line.startsWith("#"))
                .map(line -> line.replaceAll("^#+ |&[a-z]+;", "").toLowerCase(Locale.ROOT))
                .map(heading -> heading.replaceAll("[^\\w\\- ]", "").replace(' ', '-'))
                .collect(Collectors.toCollection(TreeSet::new));
    }

    /** Constants that a text names and no class declares: renamed, or gone. */
    List<String> unknownConstants(String text) {
        Set<String> declared = files.stream()
                .filter(file ->
                        file.toString().endsWith(".java") || file.toString().endsWith(SCRIPT))
                .flatMap(file -> found(file.toString().endsWith(SCRIPT) ? CONST : DECLARED, read(file)))
                .collect(Collectors.toCollection(TreeSet::new));
        return found(CODE, text)
                .flatMap(code -> found(CONSTANT, code))
                .filter(name -> !declared.contains(name))
                .distinct()
                .map(name -> name + " is declared nowhere")
                .toList();
    }

    /**
     * Constants that are in none of the classes which are named for them: {@code `A`, `B` (`Class`)}, or
     * {@code `Class.A`}.
     */
    List<String> misplacedConstants(String text) {
        List<String> misplaced = new ArrayList<>();
        found(OF_A_CLASS, text).forEach(named -> {
            String[] parts = named.split(" \\(", 2);
            List<String> classes = parts.length == 2 ? found(CODE, parts[1]).toList() : List.of();
            found(CODE, parts[0])
                    .filter(name -> CONSTANT.matcher(name).matches() && !isDeclaredInAny(classes, name))
                    .forEach(name -> misplaced.add(name + " is not declared in " + classes));
        });
        found(CODE, text)
                .flatMap(code -> QUALIFIED.matcher(code).results())
                .filter(named -> !isDeclaredInAny(List.of(named.group(1)), named.group(2)))
                .forEach(named -> misplaced.add(named.group(2) + " is not declared in " + named.group(1)));
        return misplaced;
    }

    private boolean isDeclaredInAny(List<String> classes, String constant) {
        return classes.stream().anyMatch(name -> name.endsWith(SCRIPT) && isOfScript(name, constant))
                || classes.stream()
                        .flatMap(name -> Stream.of(name.split("\\.", -1)))
                        .anyMatch(name -> files.stream()
                                .filter(file -> file.endsWith(name + ".java"))
                                .anyMatch(file -> found(DECLARED, read(file)).anyMatch(constant::equals)));
    }

    private boolean isOfScript(String script, String constant) {
        return files.stream().filter(file -> file.endsWith(script)).anyMatch(file -> found(CONST, read(file))
                .anyMatch(constant::equals));
    }

    /** Names like those of classes that occur in no source: renamed, or gone. */
    List<String> unknownClasses(Path page, String text) {
        Set<String> used = words();
        return found(CODE, text)
                .flatMap(code -> found(CLASS, code))
                .filter(name -> !used.contains(name))
                .distinct()
                .map(name -> root.relativize(page) + " names " + name + ", which occurs in no source")
                .toList();
    }

    private Set<String> words() {
        if (words.isEmpty()) {
            files.stream()
                    .filter(file -> file.toString().contains("/src/")
                            && !file.getFileName().toString().startsWith("Documents"))
                    .filter(file -> SOURCES.matcher(file.toString()).find())
                    .forEach(file -> found(WORD, read(file)).forEach(words::add));
        }
        return words;
    }

    /** Classes named with their package, as {@code zab.Leading}, that are not there. */
    List<String> lostClasses(String text) {
        return found(CODE, text)
                .flatMap(code -> IN_PACKAGE.matcher(code).results())
                .filter(named -> !isIn(named.group(1).replaceAll("\\.$", ""), named.group(2)))
                .map(named -> named.group(2) + " is not in " + named.group(1).replaceAll("\\.$", ""))
                .toList();
    }

    /**
     * Classes, and other files, that a row of a table names and that are in none of the packages named in the cell
     * before.
     *
     * @param column the number of the cell that names packages
     */
    List<String> lostFiles(String text, int column) {
        List<String> lost = new ArrayList<>();
        text.lines().filter(line -> line.startsWith("| ")).forEach(line -> {
            String[] cells = line.split(" \\| ", -1);
            if (cells.length > column + 1) {
                List<String> places = found(CODE, cells[column]).toList();
                found(CODE, cells[column + 1])
                        .filter(name -> !places.isEmpty() && places.stream().noneMatch(place -> isIn(place, name)))
                        .forEach(name -> lost.add(name + " is not in " + places));
            }
        });
        return lost;
    }

    private boolean isIn(String place, String name) {
        if (place.contains("/")) {
            return isFile(Path.of(name), place);
        }
        boolean isScript = name.endsWith(SCRIPT);
        Path wanted = Path.of(place.replace('.', '/'), isScript ? name : name + ".java");
        return isFile(wanted, isScript ? "src/main/resources" : "src/main/java");
    }

    private boolean isFile(Path wanted, String within) {
        return files.stream()
                .anyMatch(file -> file.endsWith(wanted) && file.toString().contains(within));
    }

    private static Stream<String> found(Pattern pattern, String text) {
        return pattern.matcher(text).results().map(result -> result.group(1));
    }

    static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
