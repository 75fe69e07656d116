package dev.assent.shop.readme;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.StringWriter;
import java.lang.management.ManagementFactory;
import java.net.MalformedURLException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import javax.tools.JavaCompiler;
import javax.tools.StandardJavaFileManager;
import javax.tools.ToolProvider;

/** A block of Java from the README, as a compilation unit of its own. */
record ReadmeSnippet(List<String> lines) {
    private static final Path README = Path.of("..", "README.md");
    private static final List<String> IMPORTS = List.of(
            "java.util.UUID",
            "org.springframework.beans.factory.annotation.Autowired",
            "org.springframework.http.HttpStatus",
            "org.springframework.jdbc.core.simple.JdbcClient",
            "org.springframework.stereotype.Service",
            "org.springframework.transaction.annotation.Transactional",
            "org.springframework.web.bind.annotation.*",
            "org.springframework.web.client.RestClient",
            "org.springframework.web.server.ResponseStatusException");

    ReadmeSnippet {
        lines = List.copyOf(lines);
    }

    /** The first block of Java under {@code heading}. */
    static ReadmeSnippet under(String heading) throws IOException {
        List<String> readme = Files.readAllLines(README);
        int begin = readme.indexOf(heading);
        assertThat(begin).as("the README's heading '%s'", heading).isNotNegative();
        List<String> below = readme.subList(begin, readme.size());
        List<String> code = below.subList(below.indexOf("```java") + 1, below.size());
        return new ReadmeSnippet(code.subList(0, code.indexOf("```")));
    }

    /** Compiles it under {@code directory}, against the class path of the tests. */
    ClassLoader compile(Path directory) throws IOException {
        Path source = directory.resolve("Snippet.java");
        StringBuilder unit = new StringBuilder();
        IMPORTS.forEach(name -> unit.append("import ").append(name).append(";\n"));
        Files.writeString(source, unit + String.join("\n", lines) + "\n");
        Path classes = Files.createDirectories(directory.resolve("classes"));
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
                            complaints, files, null, options, null, files.getJavaFileObjects(source.toFile()))
                    .call();
            assertThat(compiled).as(complaints.toString()).isTrue();
        }
        return new URLClassLoader(new URL[] {url(classes)}, ReadmeSnippet.class.getClassLoader());
    }

    private static URL url(Path directory) throws MalformedURLException {
        return directory.toUri().toURL();
    }
}
