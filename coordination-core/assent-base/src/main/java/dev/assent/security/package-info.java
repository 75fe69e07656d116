/**
 * Who may talk to whom, for every process and every connection of ours: certificate, key and trust as files, what a
 * certificate says of its owner, and what is demanded of the other side.
 *
 * <p>A {@link dev.assent.security.Security} is made once for a process from {@link dev.assent.security.TlsFiles} and
 * handed to everything that opens or accepts connections; each library builds its own context from its two managers. The
 * invariants: a chain that does not lead to the files' trust is refused by every one of them, whatever is missing denies,
 * and files that change are read anew without a restart, a broken one leaving the last good one in place.
 */
@NullMarked
package dev.assent.security;

import org.jspecify.annotations.NullMarked;
