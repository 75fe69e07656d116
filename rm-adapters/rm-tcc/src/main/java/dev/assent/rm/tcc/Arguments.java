package dev.assent.rm.tcc;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.lang.reflect.Type;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Codecs for arguments of plain types: text, numbers, truth values, {@code UUID}, enums, the usual dates and times, bytes,
 * records of these, and lists of these. Nothing is ever made of a class that the bytes name. Bytes: version 1 | the
 * values in order, each with a mark whether it is null.
 *
 * <p>Values are told apart by their place: a service that changes the types or their order must first let all branches end.
 */
public final class Arguments {
    private static final int VERSION = 1;

    private Arguments() {}

    /**
     * For a record.
     *
     * @throws IllegalArgumentException it has a component of another type; the message names it
     */
    public static <A extends Record> ArgumentCodec<A> ofRecord(Class<A> type) {
        ValueCodec codec = ValueCodecs.of(type, type.getSimpleName());
        return new ArgumentCodec<>() {
            @Override
            public byte[] write(A arguments) throws IOException {
                return written(List.of(codec), new Object[] {arguments});
            }

            @Override
            public A read(byte[] bytes) throws IOException {
                return type.cast(values(List.of(codec), bytes)[0]);
            }
        };
    }

    /**
     * For the parameters of a method, in order.
     *
     * @throws IllegalArgumentException one has another type; the message names it
     */
    public static ArgumentCodec<@Nullable Object[]> ofParameters(List<? extends Type> types) {
        List<ValueCodec> codecs = new ArrayList<>();
        for (int i = 0; i < types.size(); i++) {
            codecs.add(ValueCodecs.of(types.get(i), "parameter " + (i + 1)));
        }
        return new ArgumentCodec<>() {
            @Override
            public byte[] write(@Nullable Object[] arguments) throws IOException {
                return written(codecs, arguments);
            }

            @Override
            public @Nullable Object[] read(byte[] bytes) throws IOException {
                return values(codecs, bytes);
            }
        };
    }

    private static byte[] written(List<ValueCodec> codecs, @Nullable Object[] values) throws IOException {
        if (values.length != codecs.size()) {
            throw new IOException(codecs.size() + " arguments are kept, not " + values.length);
        }
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        DataOutputStream out = new DataOutputStream(bytes);
        out.writeByte(VERSION);
        for (int i = 0; i < values.length; i++) {
            codecs.get(i).write(out, values[i]);
        }
        return bytes.toByteArray();
    }

    private static @Nullable Object[] values(List<ValueCodec> codecs, byte[] bytes) throws IOException {
        DataInputStream in = new DataInputStream(new ByteArrayInputStream(bytes));
        int version = in.read();
        if (version != VERSION) {
            throw new IOException("arguments of version " + version + " are not known (only " + VERSION + " is)");
        }
        @Nullable Object[] values = new Object[codecs.size()];
        for (int i = 0; i < values.length; i++) {
            values[i] = codecs.get(i).read(in);
        }
        if (in.read() >= 0) {
            throw new IOException("there are more bytes than arguments: the method has lost a parameter since the try");
        }
        return values;
    }
}
