/**
 * The member's files: transaction log, snapshots and epochs, as docs/storage.md describes them byte by byte.
 *
 * <p>Opened through {@link dev.assent.coordination.disk.DataDirectory}, which holds the lock. The invariant: what a
 * method reported as durable is found again after a power cut at any moment, or the damage is reported; bytes that
 * fail their checksum are never handed out, skipped or cut off, except for the part of the log's last unsynced group
 * that a crash left unfinished. After the first failed write or sync nothing here works any more.
 */
@NullMarked
package dev.assent.coordination.disk;

import org.jspecify.annotations.NullMarked;
