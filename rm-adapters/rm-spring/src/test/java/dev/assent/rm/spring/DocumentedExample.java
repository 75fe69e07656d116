package dev.assent.rm.spring;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.StringWriter;
import java.lang.management.ManagementFactory;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import javax.tools.JavaCompiler;
import javax.tools.StandardJavaFileManager;
import javax.tools.ToolProvider;

/** A block of Java from docs/adapters.md, as a compilation unit of its own. */
record DocumentedExample(List<String> lines) {
    private static final Path ADAPTERS = Path.of("..", "..", "docs", "adapters.md");
    private static final String IMPORTS = """
            import dev.assent.rm.jta.AssentTransactions;
            import dev.assent.rm.spring.TransactionOutcomeUnknownException;
            import dev.assent.tx.model.Outcome;
            import org.springframework.transaction.support.TransactionTemplate;
            """;

    DocumentedExample {
        lines = List.copyOf(lines);
    }

    /** The first block of Java under {@code heading}. */
    static DocumentedExample under(String heading) throws IOException {
        List<String> page = Files.readAllLines(ADAPTERS);
        int begin = page.indexOf(heading);
        assertThat(begin).as("the heading '%s'", heading).isNotNegative();
        List<String> below = page.subList(begin, page.size());
        List<String> code = below.subList(below.indexOf("```java") + 1, below.size());
        return new DocumentedExample(code.subList(0, code.indexOf("```")));
    }

    /** Compiles it under {@code directory}, against the class path of the tests. */
    ClassLoader compile(Path directory) throws IOException {
        Path source = directory.resolve("Example.java");
        Files.writeString(source, IMPORTS + String.join("\n", lines) + "\n");
        JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
        StringWriter complaints = new StringWriter();
        try (StandardJavaFileManager files = compiler.getStandardFileManager(null, null, null)) {
            List<String> options = List.of(
                    "-proc:none",
                    "-d",
                    directory.toString(),
                    "-cp",
                    ManagementFactory.getRuntimeMXBean().getClassPath());
            boolean compiled = compiler.getTask(
                            complaints, files, null, options, null, files.getJavaFileObjects(source.toFile()))
                    .call();
            assertThat(compiled).as(complaints.toString()).isTrue();
        }
        return new URLClassLoader(new URL[] {directory.toUri().toURL()}, DocumentedExample.class.getClassLoader());
    }
}
