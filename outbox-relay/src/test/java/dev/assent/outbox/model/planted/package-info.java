/** A violation of the rules for the module, planted so that the rules can be seen to work. */
@NullMarked
package dev.assent.outbox.model.planted;

import org.jspecify.annotations.NullMarked;
