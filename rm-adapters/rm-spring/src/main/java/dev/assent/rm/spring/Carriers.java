package dev.assent.rm.spring;

import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.util.ArrayDeque;
import java.util.Collections;
import java.util.Deque;
import java.util.IdentityHashMap;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Finds what will carry a request at the end of a chain of interceptors. Spring tells an interceptor only of the next
 * link; but a link holds the next one, and the last holds the carrier. What is not found that way is not guessed.
 */
final class Carriers {
    private static final Logger LOG = LoggerFactory.getLogger(Carriers.class);
    private static final int LINKS_MAX = 100;

    private Carriers() {}

    /** The carriers below {@code chain}; none if the chain keeps them to itself. */
    static <T> Set<T> below(Object chain, Class<?> link, Class<T> carrier) {
        Set<T> found = Collections.newSetFromMap(new IdentityHashMap<>());
        Deque<Object> links = new ArrayDeque<>(Set.of(chain));
        for (int followed = 0; !links.isEmpty() && followed < LINKS_MAX; followed++) {
            Object at = links.pop();
            for (Class<?> type = at.getClass(); type != null && type != Object.class; type = type.getSuperclass()) {
                for (Field field : type.getDeclaredFields()) {
                    @Nullable Object held = Modifier.isStatic(field.getModifiers()) ? null : read(field, at);
                    if (carrier.isInstance(held)) {
                        found.add(carrier.cast(held));
                    } else if (link.isInstance(held)) {
                        links.push(held);
                    }
                }
            }
        }
        return found;
    }

    private static @Nullable Object read(Field field, Object holder) {
        try {
            return field.trySetAccessible() ? field.get(holder) : field;
        } catch (IllegalAccessException e) {
            LOG.debug("{} cannot be read", field, e);
            return field;
        }
    }
}
