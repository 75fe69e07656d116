package dev.assent.rm.spring;

import dev.assent.rm.http.TargetHosts;
import java.util.List;
import org.springframework.boot.context.properties.source.InvalidConfigurationPropertyValueException;

/** Reads settings whose form only their users know; a wrong one stops the start with its key, value and remedy. */
final class Settings {
    static final String CONNECT = "assent.coordination.connect";
    static final String TARGETS = "assent.coordinator.targets";
    private static final String ALLOWED_HOSTS = "assent.http.allowed-hosts";
    private static final String EXCLUDED_HOSTS = "assent.http.excluded-hosts";

    private Settings() {}

    static TargetHosts targetHosts(AssentProperties.Http http) {
        TargetHosts allowed = TargetHosts.loopbackOnly();
        try {
            allowed = TargetHosts.loopbackAnd(http.allowedHosts());
        } catch (IllegalArgumentException e) {
            throw invalid(ALLOWED_HOSTS, http.allowedHosts(), e);
        }
        try {
            return allowed.excluding(http.excludedHosts());
        } catch (IllegalArgumentException e) {
            throw invalid(EXCLUDED_HOSTS, http.excludedHosts(), e);
        }
    }

    static InvalidConfigurationPropertyValueException invalid(
            String key, Object value, IllegalArgumentException reason) {
        InvalidConfigurationPropertyValueException invalid = new InvalidConfigurationPropertyValueException(
                key, value instanceof List<?> list ? list : value, String.valueOf(reason.getMessage()));
        invalid.initCause(reason);
        return invalid;
    }
}
