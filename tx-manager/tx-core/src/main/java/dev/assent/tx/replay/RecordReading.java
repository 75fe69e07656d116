package dev.assent.tx.replay;

import dev.assent.flight.FlightText;
import java.lang.reflect.Constructor;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Makes records again of what {@link FlightText} made of them: of the very types that their sealed families permit. */
final class RecordReading {
    private RecordReading() {}

    /**
     * The record of one of the families that says it {@code is} this.
     *
     * @throws IllegalArgumentException none is called so, or it has other components
     */
    static Record read(List<Class<?>> families, Object form) {
        Map<?, ?> fields = fields(form);
        for (Class<?> family : families) {
            for (Class<?> type : records(family)) {
                if (FlightText.name(type).equals(fields.get(FlightText.IS))) {
                    return make(type, fields);
                }
            }
        }
        throw new IllegalArgumentException("there is no " + fields.get(FlightText.IS));
    }

    /** All records of a sealed family. */
    static List<Class<?>> records(Class<?> family) {
        if (family.isRecord()) {
            return List.of(family);
        }
        List<Class<?>> all = new ArrayList<>();
        if (family.isSealed()) {
            for (Class<?> permitted : family.getPermittedSubclasses()) {
                all.addAll(records(permitted));
            }
        }
        return all;
    }

    private static Map<?, ?> fields(@Nullable Object form) {
        if (form instanceof Map<?, ?> fields) {
            return fields;
        }
        throw new IllegalArgumentException("a record was expected, not " + form);
    }

    /** @throws IllegalArgumentException a field is missing or of another type */
    static Record make(Class<?> type, Map<?, ?> fields) {
        RecordComponent[] components = type.getRecordComponents();
        Class<?>[] types = new Class<?>[components.length];
        Object[] values = new Object[components.length];
        for (int place = 0; place < components.length; place++) {
            types[place] = components[place].getType();
            values[place] = value(components[place].getGenericType(), fields.get(components[place].getName()));
        }
        try {
            Constructor<?> constructor = type.getDeclaredConstructor(types);
            return (Record) constructor.newInstance(values);
        } catch (InvocationTargetException refused) {
            throw new IllegalArgumentException(FlightText.name(type) + ": " + refused.getCause(), refused);
        } catch (ReflectiveOperationException | IllegalArgumentException other) {
            throw new IllegalArgumentException(FlightText.name(type) + " has other components: " + fields, other);
        }
    }

    private static Object value(Type type, @Nullable Object form) {
        if (type instanceof ParameterizedType of) {
            return many(of, form);
        }
        Class<?> plain = (Class<?>) type;
        if (form instanceof Long number && (plain == long.class || plain == int.class)) {
            return plain == int.class ? (Object) Math.toIntExact(number) : number;
        } else if (form instanceof Boolean && plain == boolean.class) {
            return form;
        } else if (form instanceof String text) {
            return ofText(plain, text);
        } else if (form instanceof Map<?, ?>) {
            return read(List.of(plain), form);
        }
        throw new IllegalArgumentException("a " + plain.getSimpleName() + " was expected, not " + form);
    }

    private static Object ofText(Class<?> type, String text) {
        if (type == UUID.class) {
            return UUID.fromString(text);
        }
        if (type.isEnum()) {
            for (Object constant : type.getEnumConstants()) {
                if (constant.toString().equals(text)) {
                    return constant;
                }
            }
            throw new IllegalArgumentException("there is no " + type.getSimpleName() + " " + text);
        }
        return text;
    }

    private static Object many(ParameterizedType type, @Nullable Object form) {
        Type of = type.getActualTypeArguments()[0];
        if (type.getRawType() == Optional.class) {
            return form == null ? Optional.empty() : Optional.of(value(of, form));
        }
        if (type.getRawType() == Map.class && form instanceof Map<?, ?> map) {
            return texts(map);
        }
        if (!(form instanceof List<?> list)) {
            throw new IllegalArgumentException("a list was expected, not " + form);
        }
        List<Object> values = new ArrayList<>();
        for (Object one : list) {
            Type plain = of == Integer.class ? int.class : of;
            values.add(value(plain, one));
        }
        return values;
    }

    /** Of names to texts: the only maps there are. */
    private static Map<String, String> texts(Map<?, ?> map) {
        Map<String, String> read = new TreeMap<>();
        map.forEach((name, value) -> read.put(String.valueOf(name), String.valueOf(value)));
        return read;
    }
}
