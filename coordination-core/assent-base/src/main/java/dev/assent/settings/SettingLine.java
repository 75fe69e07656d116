package dev.assent.settings;

import java.nio.file.Path;

/**
 * One setting and where it stands.
 *
 * @param number of its line; 0 where there are none
 */
public record SettingLine(Path file, int number, String key, String value) {
    /** It cannot be meant so. */
    public SettingsException wrong(String problemAndRemedy) {
        return new SettingsException(place() + key + "=" + value + ": " + problemAndRemedy);
    }

    /** The same of a value that nobody else may read. */
    public SettingsException wrongSecret(String problemAndRemedy) {
        return new SettingsException(place() + key + ": " + problemAndRemedy);
    }

    /** A part of its value as a whole number. */
    public int number(String text, int min, int max) throws SettingsException {
        return Quantities.number(this, text, min, max);
    }

    /** Where it stands, to begin a message with. */
    public String place() {
        return file + (number == 0 ? ": " : ", line " + number + ": ");
    }
}
