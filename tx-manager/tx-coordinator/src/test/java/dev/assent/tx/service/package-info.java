/**
 * The embedded service on a real store, with toy resources.
 */
@NullMarked
package dev.assent.tx.service;

import org.jspecify.annotations.NullMarked;
