package dev.assent.shop.platform;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/**
 * A directory that outlives a run, so that the next one starts sooner: what is dear to make and always the same. Each thing
 * appears in it as a whole or not at all; several runs may share it, and it may be removed when none runs. Thread-safe.
 */
public final class Kept {
    private final Path directory;

    private Kept(Path directory) {
        this.directory = directory;
    }

    /** What is kept there. */
    public static Kept in(Path directory) throws IOException {
        return new Kept(Files.createDirectories(directory).toAbsolutePath());
    }

    /** Makes a tree in the directory that it is given, which is there already and empty. */
    @FunctionalInterface
    public interface Making {
        void into(Path empty) throws IOException, InterruptedException;
    }

    /** The tree of that name, made now if there is none. */
    public Path tree(String name, Making making) throws IOException, InterruptedException {
        Path place = directory.resolve(name);
        if (Files.isDirectory(place)) {
            return place;
        }
        Path fresh = Files.createTempDirectory(directory, "new-");
        try {
            making.into(fresh);
            Files.move(fresh, place, StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException failed) {
            if (!Files.isDirectory(place)) {
                throw failed;
            }
            // Somebody else made it meanwhile.
        } finally {
            delete(fresh);
        }
        return place;
    }

    /** Copies a tree, with who may read what, into a directory that is not there yet. */
    public static void copy(Path from, Path to) throws IOException {
        Files.walkFileTree(from, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult preVisitDirectory(Path folder, BasicFileAttributes attributes) throws IOException {
                Files.copy(folder, to.resolve(from.relativize(folder)), StandardCopyOption.COPY_ATTRIBUTES);
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
                Files.copy(file, to.resolve(from.relativize(file)), StandardCopyOption.COPY_ATTRIBUTES);
                return FileVisitResult.CONTINUE;
            }
        });
    }

    /** Removes a file or a tree, if it is there. */
    public static void delete(Path tree) throws IOException {
        if (!Files.exists(tree)) {
            return;
        }
        List<Path> leavesFirst;
        try (Stream<Path> all = Files.walk(tree)) {
            leavesFirst = all.sorted(Comparator.reverseOrder()).toList();
        } catch (UncheckedIOException broken) {
            throw broken.getCause();
        }
        for (Path each : leavesFirst) {
            Files.deleteIfExists(each);
        }
    }
}
