/** A service that only hears events. */
@NullMarked
package dev.assent.shop.shipping;

import org.jspecify.annotations.NullMarked;
