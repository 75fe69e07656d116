package dev.assent.rm.spring;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.io.UncheckedIOException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.net.MalformedURLException;
import java.net.URL;
import java.net.URLClassLoader;
import java.util.Arrays;
import javax.sql.DataSource;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A data source of somebody else's is looked at with whatever of ours and of the pool's is on the class path. */
class EnlistmentTest {

    @ParameterizedTest(name = "without {0}")
    @ValueSource(strings = {"dev.assent.rm.jdbc.", "io.agroal.", "org.springframework.jdbc."})
    void is_told_though_a_library_is_not_there(String missing) throws Exception {
        try (URLClassLoader application = without(missing)) {
            Method takesPart =
                    application.loadClass(Enlistment.class.getName()).getDeclaredMethod("takesPart", DataSource.class);
            takesPart.setAccessible(true);

            assertThat(takesPart.invoke(null, somebodyElses())).isEqualTo(false);
        }
    }

    private static DataSource somebodyElses() {
        return (DataSource) Proxy.newProxyInstance(
                EnlistmentTest.class.getClassLoader(),
                new Class<?>[] {DataSource.class},
                (proxy, called, arguments) -> {
                    throw new UnsupportedOperationException(called.getName());
                });
    }

    private static URLClassLoader without(String missing) {
        return new URLClassLoader(classPath(), ClassLoader.getPlatformClassLoader()) {
            @Override
            protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
                if (name.startsWith(missing)) {
                    throw new ClassNotFoundException(name);
                }
                return super.loadClass(name, resolve);
            }
        };
    }

    private static URL[] classPath() {
        return Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator))
                .map(File::new)
                .map(EnlistmentTest::url)
                .toArray(URL[]::new);
    }

    private static URL url(File entry) {
        try {
            return entry.toURI().toURL();
        } catch (MalformedURLException e) {
            throw new UncheckedIOException(e);
        }
    }
}
