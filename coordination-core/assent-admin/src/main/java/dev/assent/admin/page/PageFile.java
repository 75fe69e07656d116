package dev.assent.admin.page;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/** One file of a page, with what a browser is told of it. */
final class PageFile {
    private final String type;
    private final byte[] bytes;
    private final String etag;

    private PageFile(String type, byte[] bytes) {
        this.type = type;
        this.bytes = bytes;
        this.etag = etag(bytes);
    }

    /**
     * Reads it.
     *
     * @param home beside which it lies
     * @throws IllegalStateException this build lacks it
     */
    static PageFile read(Class<?> home, String name, String type) {
        try (InputStream in = home.getResourceAsStream(name)) {
            if (in == null) {
                throw new IllegalStateException("this build has no " + name + " beside " + home.getSimpleName());
            }
            return new PageFile(type, in.readAllBytes());
        } catch (IOException unreadable) {
            throw new IllegalStateException(name + " beside " + home.getSimpleName() + " cannot be read", unreadable);
        }
    }

    String type() {
        return type;
    }

    int length() {
        return bytes.length;
    }

    String etag() {
        return etag;
    }

    void writeTo(OutputStream out) throws IOException {
        out.write(bytes);
    }

    /** Of the content, so that another build's file never passes for this one's. */
    private static String etag(byte[] bytes) {
        try {
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(bytes);
            return '"' + HexFormat.of().formatHex(digest, 0, 16) + '"';
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }
}
