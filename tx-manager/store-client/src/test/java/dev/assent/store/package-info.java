/**
 * The client's behaviour towards ensembles that answer, are silent, or end its sessions.
 */
@NullMarked
package dev.assent.store;

import org.jspecify.annotations.NullMarked;
