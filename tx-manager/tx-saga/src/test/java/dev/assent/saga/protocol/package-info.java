/** Sagas' rules, sentence by sentence. */
@NullMarked
package dev.assent.saga.protocol;

import org.jspecify.annotations.NullMarked;
