package dev.assent.coordination.jute;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import org.apache.jute.BinaryInputArchive;
import org.apache.jute.BinaryOutputArchive;
import org.apache.jute.Record;

/** What the official client's own classes make of records and bytes. */
final class OfficialBytes {
    private OfficialBytes() {}

    static byte[] of(Record... records) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        BinaryOutputArchive archive = BinaryOutputArchive.getArchive(bytes);
        for (Record record : records) {
            record.serialize(archive, "record");
        }
        return bytes.toByteArray();
    }

    /** Reads records from a frame and insists that nothing is left of it. */
    static void read(byte[] frame, Record... records) throws IOException {
        ByteArrayInputStream bytes = new ByteArrayInputStream(frame);
        BinaryInputArchive archive = BinaryInputArchive.getArchive(bytes);
        int length = archive.readInt("length");
        if (length != bytes.available()) {
            throw new IOException("the frame says " + length + " bytes and has " + bytes.available());
        }
        for (Record record : records) {
            record.deserialize(archive, "record");
        }
        if (bytes.available() > 0) {
            throw new IOException(bytes.available() + " bytes left");
        }
    }
}
