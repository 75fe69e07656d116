package dev.assent.shop.platform;

import io.zonky.test.db.postgres.embedded.DefaultPostgresBinaryResolver;
import io.zonky.test.db.postgres.util.ArchUtils;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Locale;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.apache.commons.compress.compressors.xz.XZCompressorInputStream;

/** PostgreSQL's programs, unpacked from the class path into a directory. */
final class PostgresBinaries {
    private PostgresBinaries() {}

    /**
     * Unpacks into {@code directory} and returns its {@code bin}.
     *
     * @throws IOException there are no binaries for this operating system, or the disk failed
     */
    static Path unpackInto(Path directory) throws IOException {
        String system = systemName();
        Files.createDirectories(directory);
        try (InputStream packed =
                        DefaultPostgresBinaryResolver.INSTANCE.getPgBinary(system, ArchUtils.normalize(archName()));
                InputStream tarred = new XZCompressorInputStream(packed);
                TarArchiveInputStream tar = new TarArchiveInputStream(tarred)) {
            for (TarArchiveEntry entry = tar.getNextEntry(); entry != null; entry = tar.getNextEntry()) {
                unpack(entry, tar, directory);
            }
        }
        return directory.resolve("bin");
    }

    /** What tells these programs from others. */
    static String version() throws IOException {
        try (InputStream packed =
                DefaultPostgresBinaryResolver.INSTANCE.getPgBinary(systemName(), ArchUtils.normalize(archName()))) {
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(packed.readAllBytes());
            return HexFormat.of().formatHex(digest, 0, 8);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }

    private static void unpack(TarArchiveEntry entry, InputStream content, Path directory) throws IOException {
        Path target = directory.resolve(entry.getName()).normalize();
        if (!target.startsWith(directory)) {
            throw new IOException("the PostgreSQL archive names a file outside itself: " + entry.getName());
        }
        if (entry.isDirectory()) {
            Files.createDirectories(target);
            return;
        }
        Path parent = target.getParent();
        if (parent != null) {
            Files.createDirectories(parent);
        }
        if (entry.isSymbolicLink()) {
            link(target, entry.getLinkName());
        } else {
            Files.copy(content, target);
            boolean executable = (entry.getMode() & 0100) != 0;
            Files.setPosixFilePermissions(
                    target, PosixFilePermissions.fromString(executable ? "rwxr-xr-x" : "rw-r--r--"));
        }
    }

    private static void link(Path target, String linkName) throws IOException {
        try {
            Files.createSymbolicLink(target, Path.of(linkName));
        } catch (FileAlreadyExistsException twice) {
            throw new IOException("the PostgreSQL archive names " + target + " twice", twice);
        }
    }

    private static String systemName() {
        String name = operatingSystem().name().toLowerCase(Locale.ROOT);
        return name.startsWith("mac") ? "Darwin" : name.startsWith("windows") ? "Windows" : "Linux";
    }

    private static String archName() {
        return operatingSystem().arch();
    }

    private static OperatingSystem operatingSystem() {
        var os = java.lang.management.ManagementFactory.getOperatingSystemMXBean();
        return new OperatingSystem(os.getName(), os.getArch());
    }

    private record OperatingSystem(String name, String arch) {}
}
