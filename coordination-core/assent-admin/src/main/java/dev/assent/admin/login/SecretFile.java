package dev.assent.admin.login;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/** Files that only their owner may read. No message holds what stands in them. */
public final class SecretFile {
    private static final int BYTES_MAX = 1 << 20;
    private static final Set<PosixFilePermission> OTHERS = EnumSet.of(
            PosixFilePermission.GROUP_READ,
            PosixFilePermission.GROUP_WRITE,
            PosixFilePermission.OTHERS_READ,
            PosixFilePermission.OTHERS_WRITE);

    private SecretFile() {}

    /**
     * All of it.
     *
     * @throws IOException it cannot be read, or others may read or write it; the message names file and remedy
     */
    static String read(Path file) throws IOException {
        try {
            refuseOthers(file);
            if (Files.size(file) > BYTES_MAX) {
                throw new IOException(file + " is larger than 1 MiB: is it the right file?");
            }
            return Files.readString(file);
        } catch (NoSuchFileException e) {
            throw new IOException(file + " does not exist: './assent admin token' makes lines for it", e);
        }
    }

    private static void refuseOthers(Path file) throws IOException {
        if (!Files.getFileStore(file).supportsFileAttributeView("posix")) {
            return;
        }
        Set<PosixFilePermission> too = EnumSet.copyOf(OTHERS);
        too.retainAll(Files.getPosixFilePermissions(file));
        if (!too.isEmpty()) {
            throw new IOException(file + " can be read or written by others than its owner: chmod 600 " + file);
        }
    }

    /** Makes it; fails if it is there. */
    static void create(Path file, String text) throws IOException {
        try (var channel = Files.newByteChannel(
                file,
                EnumSet.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE),
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")))) {
            channel.write(StandardCharsets.UTF_8.encode(text));
        }
    }

    /** Adds a line, to a file that is made if it is not there. */
    public static void append(Path file, TokenLine line) throws IOException {
        if (!Files.exists(file)) {
            create(file, line.text() + "\n");
            return;
        }
        String before = read(file);
        String text = before.isEmpty() || before.endsWith("\n") ? line.text() : "\n" + line.text();
        Files.write(file, List.of(text), StandardOpenOption.APPEND);
    }
}
