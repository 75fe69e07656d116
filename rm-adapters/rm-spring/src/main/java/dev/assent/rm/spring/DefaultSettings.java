package dev.assent.rm.spring;

import java.util.LinkedHashMap;
import java.util.Map;
import org.springframework.boot.EnvironmentPostProcessor;
import org.springframework.boot.SpringApplication;
import org.springframework.core.Ordered;
import org.springframework.core.env.ConfigurableEnvironment;
import org.springframework.core.env.MapPropertySource;

/**
 * What a Spring Boot application gets unless any of its own settings says otherwise. ZooKeeper's client tells little
 * (each attempt to connect with a stack trace): that the store is away is told by us, in one line. HTTP clients that
 * Spring Boot makes follow no redirects where transactions go over HTTP: they would take the token along.
 */
final class DefaultSettings implements EnvironmentPostProcessor, Ordered {
    private static final String NAME = "assentDefaults";

    /** After the application's own settings have been read. */
    @Override
    public int getOrder() {
        return Ordered.LOWEST_PRECEDENCE;
    }

    @Override
    public void postProcessEnvironment(ConfigurableEnvironment environment, SpringApplication application) {
        Map<String, Object> settings = new LinkedHashMap<>();
        settings.put("logging.level.org.apache.zookeeper", "warn");
        settings.put("logging.level.org.apache.zookeeper.ClientCnxn", "error");
        if (environment.containsProperty(Settings.TARGETS)) {
            settings.put("spring.http.clients.redirects", "dont-follow");
        }
        if (!environment.getPropertySources().contains(NAME)) {
            environment.getPropertySources().addLast(new MapPropertySource(NAME, settings));
        }
    }
}
