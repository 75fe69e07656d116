package dev.assent.rm.atomikos;

import com.atomikos.icatch.config.Configuration;
import com.atomikos.icatch.provider.ConfigProperties;
import com.atomikos.recovery.OltpLog;
import com.atomikos.recovery.OltpLogFactory;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Optional;
import java.util.Properties;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * What Atomikos finds by ServiceLoader. The settings come from where Atomikos' own come from (jta.properties and the
 * properties given to it), and from system properties, which win: see docs/atomikos.md.
 */
public final class ReplicatedLogFactory implements OltpLogFactory {

    /** Called by ServiceLoader. */
    public ReplicatedLogFactory() {}

    /**
     * Opens the log, taking it over from an earlier process of the same name.
     *
     * @return null if it is switched off, and Atomikos then keeps its own log
     * @throws IllegalArgumentException a property is missing or malformed; the message names it
     * @throws UncheckedIOException the coordination store does not answer in time, or refuses
     */
    @Override
    public @Nullable OltpLog createOltpLog() {
        Function<String, Optional<String>> property =
                properties(Configuration.getConfigProperties(), System.getProperties());
        if (property.apply(LogSettings.ENABLED).filter("false"::equals).isPresent()) {
            return null;
        }
        LogSettings settings = LogSettings.from(property, addressName());
        try {
            return ReplicatedLog.open(settings, Configuration::getResources);
        } catch (IOException e) {
            throw new UncheckedIOException(e.getMessage(), e);
        }
    }

    /** System properties reach Atomikos only under its own prefix, so ours are looked up beside it. */
    private static Function<String, Optional<String>> properties(ConfigProperties atomikos, Properties system) {
        Properties completed = atomikos.getCompletedProperties();
        return name -> Optional.ofNullable(system.getProperty(name, completed.getProperty(name)))
                .map(String::trim)
                .filter(value -> !value.isEmpty());
    }

    private static String addressName() {
        try {
            return InetAddress.getLocalHost().getHostAddress() + ".tm";
        } catch (UnknownHostException e) {
            return "tm"; // as Atomikos does
        }
    }
}
