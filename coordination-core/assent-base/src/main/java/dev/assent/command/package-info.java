/**
 * How a command of ours begins and ends: its version, where its log goes, what it says when it fails, its exit codes, and
 * what a signal does.
 *
 * <p>Every {@code Main} goes through {@link dev.assent.command.Commands}; what serves until it is stopped uses {@link
 * dev.assent.command.Foreground} too. The invariant: whatever a command ends of, its exit code is one of {@link
 * dev.assent.command.ExitCode}, and one line says why.
 */
@NullMarked
package dev.assent.command;

import org.jspecify.annotations.NullMarked;
