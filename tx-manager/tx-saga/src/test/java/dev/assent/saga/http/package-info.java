/** Steps over HTTP. */
@NullMarked
package dev.assent.saga.http;

import org.jspecify.annotations.NullMarked;
