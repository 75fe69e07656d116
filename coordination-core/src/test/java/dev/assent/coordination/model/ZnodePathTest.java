package dev.assent.coordination.model;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import org.apache.zookeeper.common.PathUtils;
import org.junit.jupiter.api.Test;

class ZnodePathTest {
    private static final String ALPHABET =
            "/././ab\u0000\u0001\u001f \u007f\u009f\u00a0\ud7ff\ud800\uf8ff\uf900\uffef\ufff0\uffff";

    @Test
    void accepts_and_refuses_what_the_official_client_does() {
        Random random = new Random(7);
        int accepted = 0;
        for (int round = 0; round < 200_000; round++) {
            StringBuilder path = new StringBuilder(random.nextInt(10) == 0 ? "" : "/");
            for (int length = random.nextInt(6); length > 0; length--) {
                path.append(ALPHABET.charAt(random.nextInt(ALPHABET.length())));
            }
            boolean valid = isValidToTheClient(path.toString());
            assertThat(ZnodePath.problemWith(path.toString()) == null)
                    .as("\"%s\"", path)
                    .isEqualTo(valid);
            accepted += valid ? 1 : 0;
        }
        assertThat(accepted).isGreaterThan(1_000);
    }

    private static boolean isValidToTheClient(String path) {
        try {
            PathUtils.validatePath(path);
            return true;
        } catch (IllegalArgumentException refused) {
            return false;
        }
    }

    @Test
    void says_why_a_path_is_refused() {
        assertThat(ZnodePath.problemWith("")).isEqualTo("a path must not be empty");
        assertThat(ZnodePath.problemWith("a")).isEqualTo("path \"a\" must start with a slash");
        assertThat(ZnodePath.problemWith("/a/")).isEqualTo("path \"/a/\" must not end with a slash");
        assertThat(ZnodePath.problemWith("/a/../b"))
                .isEqualTo("path \"/a/../b\" has an empty or relative name at character 3");
        assertThat(ZnodePath.problemWith("/a\u0007")).contains("forbidden character U+0007 at 2");
        assertThat(ZnodePath.problemWith("/" + "a".repeat(ZnodePath.LENGTH_MAX)))
                .contains("longer than 65536");
        assertThat(ZnodePath.problemWith("/a".repeat(ZnodePath.DEPTH_MAX + 1))).contains("deeper than 2048");
    }

    @Test
    void knows_its_parent_and_its_name() {
        ZnodePath path = new ZnodePath("/a/b");

        assertThat(path.parent()).isEqualTo(new ZnodePath("/a"));
        assertThat(path.parent().parent()).isEqualTo(ZnodePath.ROOT);
        assertThat(path.name()).isEqualTo("b");
    }
}
