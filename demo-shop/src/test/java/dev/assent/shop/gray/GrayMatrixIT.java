package dev.assent.shop.gray;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Every row of the matrix, with real processes. What is measured is printed; a row whose means are missing on this
 * machine is printed as NOT RUN, and only rows that need a C compiler may be.
 */
class GrayMatrixIT {
    @TempDir
    Path directory;

    @Test
    void whatever_neither_answers_nor_fails_costs_its_own_work_only() throws Exception {
        Matrix.Result result = new Matrix(directory, System.out).run(Rows.all());

        List<String> withoutCompiler =
                Rows.all().stream().filter(Row::needsSlowDisk).map(Row::name).toList();
        assertThat(result.violated()).isEmpty();
        assertThat(result.notRun()).isSubsetOf(withoutCompiler);
        assertThat(result.held()).hasSize(Rows.all().size() - result.notRun().size());
    }
}
