package dev.assent.rm.tcc;

import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.lang.reflect.Constructor;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** The codecs of the types that {@link Arguments} takes. */
final class ValueCodecs {
    private static final int DEPTH_MAX = 8;
    private static final int NULL = 0;
    private static final int THERE = 1;

    /** All simple types travel as their text, so that there is one form to read. */
    private static final Map<Class<?>, Function<String, Object>> FROM_TEXT = Map.ofEntries(
            Map.entry(String.class, text -> text),
            Map.entry(Integer.class, Integer::valueOf),
            Map.entry(int.class, Integer::valueOf),
            Map.entry(Long.class, Long::valueOf),
            Map.entry(long.class, Long::valueOf),
            Map.entry(Short.class, Short::valueOf),
            Map.entry(short.class, Short::valueOf),
            Map.entry(Boolean.class, Boolean::valueOf),
            Map.entry(boolean.class, Boolean::valueOf),
            Map.entry(Double.class, Double::valueOf),
            Map.entry(double.class, Double::valueOf),
            Map.entry(BigDecimal.class, BigDecimal::new),
            Map.entry(BigInteger.class, BigInteger::new),
            Map.entry(UUID.class, UUID::fromString),
            Map.entry(Instant.class, Instant::parse),
            Map.entry(LocalDate.class, LocalDate::parse),
            Map.entry(LocalTime.class, LocalTime::parse),
            Map.entry(LocalDateTime.class, LocalDateTime::parse),
            Map.entry(OffsetDateTime.class, OffsetDateTime::parse),
            Map.entry(Duration.class, Duration::parse));

    private ValueCodecs() {}

    static ValueCodec of(Type type, String where) {
        return of(type, where, 0);
    }

    private static ValueCodec of(Type type, String where, int depth) {
        if (depth > DEPTH_MAX) {
            throw new IllegalArgumentException(where + " is nested more than " + DEPTH_MAX + " deep");
        }
        if (type instanceof ParameterizedType list && list.getRawType() == List.class) {
            return new OfList(of(list.getActualTypeArguments()[0], where, depth + 1));
        }
        if (!(type instanceof Class<?> plain)) {
            throw refused(type, where);
        }
        Function<String, Object> fromText = FROM_TEXT.get(plain);
        if (fromText != null) {
            return new OfText(String::valueOf, fromText);
        }
        if (plain == byte[].class) {
            return new OfText(value -> Base64.getEncoder().encodeToString((byte[]) value), Base64.getDecoder()::decode);
        }
        if (plain.isEnum()) {
            return new OfText(value -> ((Enum<?>) value).name(), text -> constant(plain, text));
        }
        if (plain.isRecord()) {
            return OfRecord.of(plain, where, depth);
        }
        throw refused(type, where);
    }

    private static IllegalArgumentException refused(Type type, String where) {
        return new IllegalArgumentException(
                where + " has the type " + type.getTypeName() + ", which is not kept between"
                        + " a try and its confirm or cancel: use text, numbers, truth values, UUID, enums, java.time, byte[],"
                        + " records of these, or lists of these");
    }

    private static Object constant(Class<?> type, String name) {
        for (Object constant : type.getEnumConstants()) {
            if (((Enum<?>) constant).name().equals(name)) {
                return constant;
            }
        }
        throw new IllegalArgumentException(type.getSimpleName() + " has no " + name);
    }

    /** A value as text: length 4 | UTF-8. */
    private record OfText(Function<Object, String> toText, Function<String, Object> fromText) implements ValueCodec {
        @Override
        public void write(DataOutputStream out, @Nullable Object value) throws IOException {
            if (value == null) {
                out.writeByte(NULL);
                return;
            }
            out.writeByte(THERE);
            byte[] text = toText.apply(value).getBytes(StandardCharsets.UTF_8);
            out.writeInt(text.length);
            out.write(text);
        }

        @Override
        public @Nullable Object read(DataInputStream in) throws IOException {
            if (!isThere(in)) {
                return null;
            }
            int length = in.readInt();
            if (length < 0 || length > in.available()) {
                throw new IOException("a text of " + length + " bytes does not fit into the arguments");
            }
            String text = new String(in.readNBytes(length), StandardCharsets.UTF_8);
            try {
                return fromText.apply(text);
            } catch (RuntimeException odd) {
                throw new IOException("the argument '" + text + "' is not of its type: " + odd.getMessage(), odd);
            }
        }
    }

    /** Each element behind a mark; another mark ends the list. */
    private record OfList(ValueCodec element) implements ValueCodec {
        @Override
        public void write(DataOutputStream out, @Nullable Object value) throws IOException {
            if (value == null) {
                out.writeByte(NULL);
                return;
            }
            out.writeByte(THERE);
            for (Object one : (List<?>) value) {
                out.writeByte(THERE);
                element.write(out, one);
            }
            out.writeByte(NULL);
        }

        @Override
        public @Nullable Object read(DataInputStream in) throws IOException {
            if (!isThere(in)) {
                return null;
            }
            List<@Nullable Object> list = new ArrayList<>();
            while (isThere(in)) {
                list.add(element.read(in));
            }
            return Collections.unmodifiableList(list);
        }
    }

    /** A record's components in order. */
    private record OfRecord(Class<?> type, List<RecordComponent> components, List<ValueCodec> codecs)
            implements ValueCodec {

        static OfRecord of(Class<?> type, String where, int depth) {
            List<RecordComponent> components = List.of(type.getRecordComponents());
            List<ValueCodec> codecs = new ArrayList<>();
            for (RecordComponent component : components) {
                codecs.add(ValueCodecs.of(component.getGenericType(), where + "." + component.getName(), depth + 1));
                component.getAccessor().setAccessible(true);
            }
            return new OfRecord(type, components, List.copyOf(codecs));
        }

        @Override
        public void write(DataOutputStream out, @Nullable Object value) throws IOException {
            if (value == null) {
                out.writeByte(NULL);
                return;
            }
            out.writeByte(THERE);
            for (int i = 0; i < codecs.size(); i++) {
                try {
                    codecs.get(i).write(out, components.get(i).getAccessor().invoke(value));
                } catch (IllegalAccessException | InvocationTargetException e) {
                    throw new IOException(components.get(i) + " cannot be read", e);
                }
            }
        }

        @Override
        public @Nullable Object read(DataInputStream in) throws IOException {
            if (!isThere(in)) {
                return null;
            }
            @Nullable Object[] values = new Object[codecs.size()];
            Class<?>[] types = new Class<?>[values.length];
            for (int i = 0; i < values.length; i++) {
                values[i] = codecs.get(i).read(in);
                types[i] = components.get(i).getType();
            }
            try {
                Constructor<?> constructor = type.getDeclaredConstructor(types);
                constructor.setAccessible(true);
                return constructor.newInstance(values);
            } catch (ReflectiveOperationException | IllegalArgumentException e) {
                throw new IOException("no " + type.getSimpleName() + " can be made of the arguments: " + e, e);
            }
        }
    }

    private static boolean isThere(DataInputStream in) throws IOException {
        int mark = in.readUnsignedByte();
        if (mark != NULL && mark != THERE) {
            throw new IOException("no argument begins with " + mark);
        }
        return mark == THERE;
    }
}
