/** That events become the meters that documents and the board name. */
@NullMarked
package dev.assent.metrics;

import org.jspecify.annotations.NullMarked;
