package dev.assent.admin;

import dev.assent.settings.SettingsException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.Optional;

/** Where the admin API listens. */
public record AdminConfig(InetSocketAddress address) {
    /** Any free port of the loopback interface; which one is told at the start. */
    public static final String DEFAULT = "127.0.0.1:0";

    private static final String OFF = "off";

    /**
     * Reads {@code host:port} or {@code off}.
     *
     * @param key of the setting, for messages
     * @param insecure whether it may listen beyond the loopback interface, where anybody can read all of it
     * @throws SettingsException it is no such address, or not allowed
     */
    public static Optional<AdminConfig> read(String key, String value, boolean insecure) throws SettingsException {
        if (value.equals(OFF)) {
            return Optional.empty();
        }
        int colon = value.lastIndexOf(':');
        InetSocketAddress address = new InetSocketAddress(host(key, value, colon), port(key, value, colon));
        if (!address.getAddress().isLoopbackAddress() && !insecure) {
            throw new SettingsException(
                    key + "=" + value + " would show everything to whoever reaches it: the admin API"
                            + " knows no login and no encryption yet. Use a loopback address, or say insecure=true.");
        }
        return Optional.of(new AdminConfig(address));
    }

    private static InetAddress host(String key, String value, int colon) throws SettingsException {
        if (colon <= 0) {
            throw wrong(key, value);
        }
        try {
            return InetAddress.getByName(value.substring(0, colon));
        } catch (UnknownHostException unknown) {
            throw new SettingsException(key + "=" + value + ": no such host", unknown);
        }
    }

    private static int port(String key, String value, int colon) throws SettingsException {
        String port = value.substring(colon + 1);
        if (!port.matches("[0-9]{1,5}") || Integer.parseInt(port) > 0xFFFF) {
            throw wrong(key, value);
        }
        return Integer.parseInt(port);
    }

    private static SettingsException wrong(String key, String value) {
        return new SettingsException(key + "=" + value + " is not host:port (port 0 takes a free one) or off");
    }
}
