/** Violations of the rules for the module, planted so that the rules can be seen to work. */
@NullMarked
package dev.assent.shop.planted.platform;

import org.jspecify.annotations.NullMarked;
