/**
 * What services and nodes say to each other.
 */
@NullMarked
package dev.assent.tx.remote;

import org.jspecify.annotations.NullMarked;
