package dev.assent.rm.atomikos;

import com.atomikos.icatch.config.Configuration;
import com.atomikos.icatch.provider.ConfigProperties;
import com.atomikos.recovery.OltpLog;
import com.atomikos.recovery.OltpLogFactory;
import dev.assent.settings.Settings;
import dev.assent.settings.SettingsException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
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
        try {
            Settings properties = properties(Configuration.getConfigProperties(), System.getProperties());
            if (!properties.flag(LogSettings.ENABLED, true)) {
                return null;
            }
            return ReplicatedLog.open(LogSettings.from(properties, addressName()), Configuration::getResources);
        } catch (SettingsException e) {
            throw new IllegalArgumentException(e.getMessage(), e);
        } catch (IOException e) {
            throw new UncheckedIOException(e.getMessage(), e);
        }
    }

    /** System properties reach Atomikos only under its own prefix, so ours are looked up beside it. */
    private static Settings properties(ConfigProperties atomikos, Properties system) {
        Map<String, String> values = new HashMap<>();
        for (Properties properties : List.of(atomikos.getCompletedProperties(), system)) {
            properties.stringPropertyNames().forEach(name -> values.put(name, properties.getProperty(name)));
        }
        return Settings.of("the properties of Atomikos", values);
    }

    private static String addressName() {
        try {
            return InetAddress.getLocalHost().getHostAddress() + ".tm";
        } catch (UnknownHostException e) {
            return "tm"; // as Atomikos does
        }
    }
}
