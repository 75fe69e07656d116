package dev.assent.tx.testing;

import java.io.IOException;
import java.io.StringWriter;
import java.lang.management.ManagementFactory;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import javax.tools.JavaCompiler;
import javax.tools.StandardJavaFileManager;
import javax.tools.ToolProvider;

/** A block of Java of a page, its fences left out. */
public record DocumentedCode(List<String> lines) {
    private static final String BEGIN = "```java";
    private static final String END = "```";
    private static final String IMPORT = "import ";

    public DocumentedCode {
        lines = List.copyOf(lines);
    }

    /** The first one under {@code heading}. */
    public static DocumentedCode under(Path page, String heading) throws IOException {
        List<String> all = Files.readAllLines(page);
        int begin = all.indexOf(heading);
        if (begin < 0) {
            throw new AssertionError(page + " has no heading '" + heading + "'");
        }
        return in(all.subList(begin, all.size())).stream()
                .findFirst()
                .orElseThrow(() -> new AssertionError("no Java below '" + heading + "' of " + page));
    }

    /** All of a page, in their order. */
    public static List<DocumentedCode> allOf(Path page) throws IOException {
        return in(Files.readAllLines(page));
    }

    private static List<DocumentedCode> in(List<String> page) {
        List<DocumentedCode> blocks = new ArrayList<>();
        List<String> rest = page;
        while (rest.contains(BEGIN)) {
            List<String> code = rest.subList(rest.indexOf(BEGIN) + 1, rest.size());
            int end = code.indexOf(END);
            blocks.add(new DocumentedCode(code.subList(0, end)));
            rest = code.subList(end, code.size());
        }
        return blocks;
    }

    /** With imports that the page leaves to its reader. */
    public DocumentedCode importing(List<String> names) {
        List<String> more =
                new ArrayList<>(names.stream().map(name -> IMPORT + name + ";").toList());
        more.addAll(lines);
        return new DocumentedCode(more);
    }

    /** Whether it consists of statements, and declares no type for others to use. */
    public boolean isStatements() {
        return lines.stream()
                .filter(line -> !line.startsWith(IMPORT) && !line.startsWith("//") && !line.isBlank())
                .findFirst()
                .filter(line -> !line.matches("(@|record |class |public |final |package ).*"))
                .isPresent();
    }

    /**
     * Its statements as the body of a method.
     *
     * @param type that gets this method, {@code run}
     * @param given parameters, for what the page says somewhere else
     */
    public DocumentedCode asMethodOf(String type, String given) {
        List<String> unit = new ArrayList<>();
        lines.stream().filter(line -> line.startsWith(IMPORT)).forEach(unit::add);
        unit.add("abstract class " + type + " {");
        unit.add("void run(" + given + ") throws Exception {");
        lines.stream().filter(line -> !line.startsWith(IMPORT)).forEach(unit::add);
        unit.add("}}");
        return new DocumentedCode(unit);
    }

    /** Compiles it under {@code directory}, against the class path of the tests. */
    public ClassLoader compile(Path directory) throws IOException {
        Path source = directory.resolve("Snippet.java");
        Files.write(source, lines);
        Path classes = Files.createDirectories(directory.resolve("classes"));
        compile(List.of(source), classes);
        return new URLClassLoader(new URL[] {classes.toUri().toURL()}, DocumentedCode.class.getClassLoader());
    }

    /**
     * Compiles all of these at once.
     *
     * @throws AssertionError what the compiler complains of
     */
    public static void compile(List<Path> sources, Path classes) throws IOException {
        JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
        StringWriter complaints = new StringWriter();
        try (StandardJavaFileManager files = compiler.getStandardFileManager(null, null, null)) {
            List<String> options = List.of(
                    "-proc:none",
                    "-d",
                    classes.toString(),
                    "-cp",
                    ManagementFactory.getRuntimeMXBean().getClassPath());
            boolean compiled = compiler.getTask(
                            complaints, files, null, options, null, files.getJavaFileObjectsFromPaths(sources))
                    .call();
            if (!compiled) {
                throw new AssertionError(complaints.toString());
            }
        }
    }
}
