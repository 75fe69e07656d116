/** How definitions are made. */
@NullMarked
package dev.assent.saga.api;

import org.jspecify.annotations.NullMarked;
