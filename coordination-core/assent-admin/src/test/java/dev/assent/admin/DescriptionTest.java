package dev.assent.admin;

import static org.assertj.core.api.Assertions.assertThat;

import dev.assent.admin.view.ActionResult;
import dev.assent.admin.view.Audit;
import dev.assent.admin.view.Coordinator;
import dev.assent.admin.view.DeadLetters;
import dev.assent.admin.view.Failure;
import dev.assent.admin.view.InDoubt;
import dev.assent.admin.view.Login;
import dev.assent.admin.view.Members;
import dev.assent.admin.view.OrderRequest;
import dev.assent.admin.view.Outbox;
import dev.assent.admin.view.Past;
import dev.assent.admin.view.SagaHistory;
import dev.assent.admin.view.Sagas;
import dev.assent.admin.view.Sessions;
import dev.assent.admin.view.Shards;
import dev.assent.admin.view.Status;
import dev.assent.admin.view.Trace;
import dev.assent.admin.view.Traces;
import dev.assent.admin.view.TransactionHistory;
import dev.assent.admin.view.TransactionPage;
import dev.assent.admin.view.Znode;
import dev.assent.time.Clock;
import java.io.IOException;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;

/** Holds {@code docs/admin-api.yaml} against the code, both ways. */
class DescriptionTest {
    private static final List<Class<? extends Record>> ROOTS = List.of(
            Status.class,
            Members.class,
            Shards.class,
            TransactionPage.class,
            TransactionHistory.class,
            InDoubt.class,
            Outbox.class,
            Login.class,
            OrderRequest.class,
            ActionResult.class,
            Audit.class,
            Sessions.class,
            Znode.class,
            DeadLetters.class,
            Past.class,
            Sagas.class,
            SagaHistory.class,
            Traces.class,
            Trace.class,
            Failure.class);

    private static Map<String, ?> described(String... path) throws IOException {
        Map<String, Object> at = new Yaml(new SafeConstructor(new LoaderOptions()))
                .load(Files.readString(Path.of("../../docs/admin-api.yaml")));
        for (String step : path) {
            at = map(Objects.requireNonNull(at.get(step), step));
        }
        return at;
    }

    private static Map<String, Object> map(Object described) {
        Map<String, Object> named = new LinkedHashMap<>();
        ((Map<?, ?>) described)
                .forEach((name, value) -> named.put(String.valueOf(name), Objects.requireNonNull(value)));
        return named;
    }

    @Test
    void every_path_is_described_and_every_described_path_is_answered() throws IOException {
        AdminSource source = new StillSource();
        Pages pages = new Pages(
                source,
                new Recent(source),
                new LastEvents(),
                new Moments(source, Clock.SYSTEM),
                Optional.empty(),
                Clock.SYSTEM);

        assertThat(described("paths").keySet()).containsExactlyInAnyOrderElementsOf(pages.paths());
    }

    @Test
    void every_field_is_described_with_its_type_and_every_described_field_is_there() throws IOException {
        Map<String, Class<?>> records = new LinkedHashMap<>();
        ROOTS.forEach(root -> collect(root, records));
        assertThat(records).hasSizeGreaterThan(20);
        records.remove("Event"); // its record's own fields stand beside
        Map<String, ?> schemas = described("components", "schemas");

        assertThat(records.keySet())
                .allSatisfy(name -> assertThat(schemas.keySet()).contains(name.equals("Failure") ? "Error" : name));
        for (Map.Entry<String, Class<?>> record : records.entrySet()) {
            String schema = record.getKey().equals("Failure") ? "Error" : record.getKey();
            Map<String, ?> fields = described("components", "schemas", schema, "properties");
            RecordComponent[] components = record.getValue().getRecordComponents();
            assertThat(Arrays.stream(components).map(RecordComponent::getName))
                    .as("fields of %s", schema)
                    .containsExactlyElementsOf(fields.keySet());
            for (RecordComponent component : components) {
                assertThat(kind(Objects.requireNonNull(fields.get(component.getName()))))
                        .as("%s.%s", schema, component.getName())
                        .isEqualTo(kind(bare(component.getGenericType())));
            }
        }
        assertThat(schemas.keySet()).hasSize(records.size() + 1);
    }

    private static void collect(Class<?> type, Map<String, Class<?>> records) {
        if (type.isRecord()
                && type.getPackage().equals(Coordinator.class.getPackage())
                && records.putIfAbsent(type.getSimpleName(), type) == null) {
            for (RecordComponent component : type.getRecordComponents()) {
                Type bare = bare(component.getGenericType());
                collect(
                        (Class<?>) (bare instanceof ParameterizedType list ? list.getActualTypeArguments()[0] : bare),
                        records);
            }
        }
    }

    private static Type bare(Type type) {
        return type instanceof ParameterizedType optional
                        && optional.getRawType().equals(Optional.class)
                ? optional.getActualTypeArguments()[0]
                : type;
    }

    private static String kind(Object described) {
        Object reference = map(described).get("$ref");
        return reference == null
                ? String.valueOf(map(described).get("type"))
                : String.valueOf(reference).replaceFirst(".*/", "");
    }

    private static String kind(Type type) {
        if (type instanceof ParameterizedType) {
            return "array";
        }
        Class<?> bare = (Class<?>) type;
        if (bare.isRecord()) {
            return bare.getSimpleName();
        }
        if (bare == String.class || bare == Instant.class || bare.isEnum()) {
            return "string";
        }
        return bare == boolean.class || bare == Boolean.class ? "boolean" : "integer";
    }
}
