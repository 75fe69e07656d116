package dev.assent.house;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.source.tree.CompilationUnitTree;
import com.sun.source.tree.LineMap;
import com.sun.source.tree.MethodTree;
import com.sun.source.util.JavacTask;
import com.sun.source.util.SourcePositions;
import com.sun.source.util.TreeScanner;
import com.sun.source.util.Trees;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import javax.tools.JavaCompiler;
import javax.tools.StandardJavaFileManager;
import javax.tools.ToolProvider;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** How long files and methods may be, tests included, and how many parameters a method has. */
final class LengthsTest {
    private static final int FILE_LINES_MAX = 600;
    private static final int METHOD_LINES_MAX = 60;
    private static final int PARAMETERS_MAX = 7;

    @TempDir
    Path directory;

    @Test
    void no_file_is_longer_than_the_limit() throws IOException {
        for (Path source : EveryModule.sources()) {
            assertThat(Files.readAllLines(source)).as(source.toString()).hasSizeLessThanOrEqualTo(FILE_LINES_MAX);
        }
    }

    @Test
    void no_method_is_longer_than_the_limit_or_takes_more_than_seven() throws IOException {
        assertThat(tooLong(EveryModule.sources())).isEmpty();
    }

    @Test
    void a_method_that_is_too_long_or_takes_too_much_is_found() throws IOException {
        Path planted = Files.writeString(
                directory.resolve("Planted.java"), """
                class Planted {
                    void isShort() {}
                    void takesTooMuch(int a, int b, int c, int d, int e, int f, int g, int h) {}
                    void isTooLong() {
                %s    }
                }
                """.formatted("        isShort();\n".repeat(METHOD_LINES_MAX)));

        assertThat(tooLong(List.of(planted)))
                .satisfiesExactly(
                        found -> assertThat(found).contains("takesTooMuch takes 8"),
                        found -> assertThat(found).contains("isTooLong has 62 lines"));
    }

    /** What breaks the limits; constructors may take more, a record's are its components. */
    private static List<String> tooLong(List<Path> sources) throws IOException {
        JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
        List<String> found = new ArrayList<>();
        try (StandardJavaFileManager files = compiler.getStandardFileManager(null, null, null)) {
            JavacTask task = (JavacTask) compiler.getTask(
                    null, files, null, List.of("-proc:none"), null, files.getJavaFileObjectsFromPaths(sources));
            SourcePositions positions = Trees.instance(task).getSourcePositions();
            for (CompilationUnitTree unit : task.parse()) {
                new Methods(unit, positions, found).scan(unit, null);
            }
        }
        return found;
    }

    private static final class Methods extends TreeScanner<@Nullable Void, @Nullable Void> {
        private final CompilationUnitTree unit;
        private final SourcePositions positions;
        private final List<String> found;

        Methods(CompilationUnitTree unit, SourcePositions positions, List<String> found) {
            this.unit = unit;
            this.positions = positions;
            this.found = found;
        }

        @Override
        public @Nullable Void visitMethod(MethodTree method, @Nullable Void unused) {
            String name = unit.getSourceFile().getName() + ": " + method.getName();
            if (method.getReturnType() != null && method.getParameters().size() > PARAMETERS_MAX) {
                found.add(name + " takes " + method.getParameters().size());
            }
            if (method.getBody() != null) {
                LineMap lines = unit.getLineMap();
                long length = lines.getLineNumber(positions.getEndPosition(unit, method))
                        - lines.getLineNumber(positions.getStartPosition(unit, method.getBody()))
                        + 1;
                if (length > METHOD_LINES_MAX) {
                    found.add(name + " has " + length + " lines");
                }
            }
            return super.visitMethod(method, null);
        }
    }
}
