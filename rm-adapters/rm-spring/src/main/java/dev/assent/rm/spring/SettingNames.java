package dev.assent.rm.spring;

import dev.assent.settings.Nearest;
import java.lang.reflect.RecordComponent;
import java.util.Locale;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;

/** The keys of {@link AssentProperties}, and which of them somebody meant who wrote another one. */
final class SettingNames {
    private SettingNames() {}

    static SortedSet<String> all() {
        SortedSet<String> names = new TreeSet<>();
        collect(AssentProperties.PREFIX, AssentProperties.class, names);
        return names;
    }

    private static void collect(String prefix, Class<?> type, SortedSet<String> names) {
        for (RecordComponent component : type.getRecordComponents()) {
            String name = prefix + "." + kebab(component.getName());
            if (component.getType().isRecord()) {
                collect(name, component.getType(), names);
            } else {
                names.add(name);
            }
        }
    }

    private static String kebab(String camel) {
        return camel.replaceAll("([A-Z])", "-$1").toLowerCase(Locale.ROOT);
    }

    /** The key that {@code written} is most likely a slip of. */
    static Optional<String> nearest(String written) {
        return Nearest.to(written.replaceAll("\\[.*", ""), all());
    }
}
