/**
 * Settings as operators write them, the same for every process: {@code key=value}, a line each, with durations as
 * {@code 500ms}, {@code 4s} or {@code 7d} and sizes as {@code 4MB}.
 *
 * <p>Who reads a file asks for its keys one after the other and says at the end that this was all. The invariant:
 * whatever is wrong (an unknown key, a value that does not fit, one that is missing) is one {@link
 * dev.assent.settings.SettingsException} that names place, key and value and says what to write instead.
 */
@NullMarked
package dev.assent.settings;

import org.jspecify.annotations.NullMarked;
