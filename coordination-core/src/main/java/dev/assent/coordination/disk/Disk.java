package dev.assent.coordination.disk;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.List;

/** The calls to the file system whose order decides what a crash leaves; tests crash between any two of them. */
interface Disk {

    /** Opens an existing file for reading and writing. */
    File open(Path path) throws IOException;

    /** Creates a file that only its owner may read, or empties the one that is there. */
    File create(Path path) throws IOException;

    /** Atomic; replaces {@code to}. Durable after {@link #syncDirectory}. */
    void rename(Path from, Path to) throws IOException;

    /** Durable after {@link #syncDirectory}. */
    void delete(Path path) throws IOException;

    /** Makes the names in {@code directory} durable. */
    void syncDirectory(Path directory) throws IOException;

    /** The files of a directory, by name. */
    List<Path> list(Path directory) throws IOException;

    /** An open file. Positions and sizes in bytes. */
    interface File extends Closeable {

        /** Fills {@code target} as far as the file goes and returns the number of bytes read, 0 at its end. */
        int read(ByteBuffer target, long position) throws IOException;

        /** Writes all of {@code source}. */
        void write(ByteBuffer source, long position) throws IOException;

        /** Makes the content durable, and the size as far as reading it needs. */
        void sync() throws IOException;

        /** Cuts the file off. */
        void truncate(long size) throws IOException;

        long size() throws IOException;
    }
}
