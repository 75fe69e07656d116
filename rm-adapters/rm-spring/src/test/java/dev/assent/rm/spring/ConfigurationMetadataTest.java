package dev.assent.rm.spring;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.boot.json.JsonParserFactory;

/** What editors show of our settings is what the settings are. */
class ConfigurationMetadataTest {
    private static final String METADATA = "/META-INF/spring-configuration-metadata.json";

    /** One setting, as the records have it. */
    private record Setting(String type, String defaultValue, String owner) {}

    @Test
    void every_setting_is_described_with_its_type_and_default_and_nothing_else_is() throws IOException {
        Map<String, Setting> described = new TreeMap<>();
        for (Map<String, Object> property : entries("properties")) {
            assertThat(text(property, "description")).as(property.toString()).endsWith(".");
            described.put(
                    text(property, "name"),
                    new Setting(text(property, "type"), text(property, "defaultValue"), text(property, "sourceType")));
        }

        assertThat(described).isEqualTo(settings("assent", AssentProperties.class));
        assertThat(SettingNames.all()).containsExactlyElementsOf(described.keySet());
    }

    @Test
    void every_group_and_hint_belongs_to_a_setting() throws IOException {
        List<String> names =
                List.copyOf(settings("assent", AssentProperties.class).keySet());

        assertThat(entries("groups"))
                .allSatisfy(group -> assertThat(names).anyMatch(name -> name.startsWith(group.get("name") + ".")));
        assertThat(entries("hints")).allSatisfy(hint -> assertThat(names).contains(text(hint, "name")));
    }

    private static String text(Map<String, Object> entry, String key) {
        return String.valueOf(entry.getOrDefault(key, ""));
    }

    private static Map<String, Setting> settings(String prefix, Class<?> type) {
        Map<String, Setting> settings = new TreeMap<>();
        RecordComponent[] components = type.getRecordComponents();
        for (int at = 0; at < components.length; at++) {
            RecordComponent component = components[at];
            String name = prefix + "."
                    + component.getName().replaceAll("([A-Z])", "-$1").toLowerCase(Locale.ROOT);
            if (component.getType().isRecord()) {
                settings.putAll(settings(name, component.getType()));
            } else {
                Type generic = component.getGenericType();
                settings.put(name, new Setting(generic.getTypeName(), defaultOf(type, at), type.getName()));
            }
        }
        return settings;
    }

    /** The annotation is on the canonical constructor's parameter. */
    private static String defaultOf(Class<?> type, int at) {
        return Stream.of(type.getDeclaredConstructors()[0].getParameterAnnotations()[at])
                .filter(DefaultValue.class::isInstance)
                .map(annotation -> String.join(",", ((DefaultValue) annotation).value()))
                .findFirst()
                .or(() -> leftOut(type.getRecordComponents()[at]))
                .orElseThrow();
    }

    /** What may be left out needs no default. */
    private static Optional<String> leftOut(RecordComponent component) {
        return Optional.of("").filter(none -> component.getAnnotatedType().isAnnotationPresent(Nullable.class));
    }

    @SuppressWarnings("unchecked") // the metadata's own form: a list of objects
    private static List<Map<String, Object>> entries(String section) throws IOException {
        try (InputStream stream = ConfigurationMetadataTest.class.getResourceAsStream(METADATA)) {
            String json = new String(stream.readAllBytes(), StandardCharsets.UTF_8);
            return (List<Map<String, Object>>) Objects.requireNonNull(
                    JsonParserFactory.getJsonParser().parseMap(json).get(section));
        }
    }
}
