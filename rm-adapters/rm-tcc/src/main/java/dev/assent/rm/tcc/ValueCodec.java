package dev.assent.rm.tcc;

import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** One value among arguments, null included. */
interface ValueCodec {
    void write(DataOutputStream out, @Nullable Object value) throws IOException;

    @Nullable
    Object read(DataInputStream in) throws IOException;
}
