package dev.assent.rm.spring;

import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.bind.UnboundConfigurationPropertiesException;
import org.springframework.boot.context.properties.source.ConfigurationProperty;
import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.core.Ordered;

/** Spring Boot's report of a key under {@code assent.} that means nothing; before Boot's own, which knows no names. */
final class UnknownSettingFailureAnalyzer extends AbstractFailureAnalyzer<UnboundConfigurationPropertiesException>
        implements Ordered {
    @Override
    public int getOrder() {
        return Ordered.HIGHEST_PRECEDENCE;
    }

    @Override
    protected @Nullable FailureAnalysis analyze(Throwable rootFailure, UnboundConfigurationPropertiesException cause) {
        List<ConfigurationProperty> ours = cause.getUnboundProperties().stream()
                .filter(property -> property.getName().toString().startsWith(AssentProperties.PREFIX + "."))
                .toList();
        if (ours.isEmpty()) {
            return null;
        }
        String unknown =
                ours.stream().map(UnknownSettingFailureAnalyzer::described).collect(Collectors.joining("\n"));
        return new FailureAnalysis(
                "There is no such setting, so it would have no effect:\n\n" + unknown,
                "Correct the key or remove it. The settings are:\n\n    " + String.join("\n    ", SettingNames.all()),
                cause);
    }

    private static String described(ConfigurationProperty property) {
        String key = property.getName().toString();
        Optional<String> meant = SettingNames.nearest(key);
        String origin = property.getOrigin() == null ? "" : " (" + property.getOrigin() + ")";
        return "    " + key + origin
                + meant.map(name -> ": did you mean " + name + "?").orElse("");
    }
}
