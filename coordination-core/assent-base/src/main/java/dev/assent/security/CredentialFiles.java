package dev.assent.security;

import dev.assent.settings.SettingsException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Files that credentials are made of. All are read before any is understood, so that what was read can be compared. */
public interface CredentialFiles {
    /** Those whose change makes others of it. */
    List<Path> paths();

    /**
     * What they hold.
     *
     * @throws SettingsException they do not fit together; the message names the file and the remedy
     */
    Credentials load(Contents contents) throws SettingsException;

    /** What stood in the files at one moment. */
    final class Contents {
        private static final int FILE_BYTES_MAX = 1 << 20;

        private final Map<Path, byte[]> bytes = new HashMap<>();

        private Contents() {}

        /** Reads all of {@code files}; each at most 1 MiB. */
        public static Contents of(CredentialFiles files) throws SettingsException {
            Contents contents = new Contents();
            for (Path path : files.paths()) {
                contents.bytes.put(path, read(path));
            }
            return contents;
        }

        private static byte[] read(Path path) throws SettingsException {
            try {
                if (Files.size(path) > FILE_BYTES_MAX) {
                    throw new SettingsException(path + " is larger than 1 MiB: is it the right file?");
                }
                return Files.readAllBytes(path);
            } catch (NoSuchFileException e) {
                throw new SettingsException(
                        path + " does not exist: 'assent certs issue' makes such files, or ask your own authority", e);
            } catch (IOException e) {
                throw new SettingsException(path + " cannot be read (" + e.getMessage() + ")", e);
            }
        }

        /**
         * What stood in one of them.
         *
         * @throws IllegalArgumentException the file is not one of those that were read
         */
        public byte[] of(Path path) {
            byte[] content = bytes.get(path);
            if (content == null) {
                throw new IllegalArgumentException(path + " was not read");
            }
            return content;
        }

        /** Whether the same bytes stood in the same files. */
        boolean sameAs(Contents other) {
            return bytes.keySet().equals(other.bytes.keySet())
                    && bytes.keySet().stream().allMatch(path -> Arrays.equals(of(path), other.of(path)));
        }
    }
}
