/**
 * What a server is told before it starts: immutable, validated values, and the reader of {@code zoo.cfg} and
 * {@code myid} that makes them.
 *
 * <p>A {@link dev.assent.coordination.server.config.ServerConfig} that exists can be started, as far as can be known
 * without trying. Everything wrong in a file is a {@link dev.assent.settings.SettingsException} that
 * names the file, the line, the key and the remedy; nothing security relevant is ever ignored silently. No system
 * property or environment variable is read here: {@code Main} passes in what it found there.
 */
@NullMarked
package dev.assent.coordination.server.config;

import org.jspecify.annotations.NullMarked;
