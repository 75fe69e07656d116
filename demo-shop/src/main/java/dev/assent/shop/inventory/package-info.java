/**
 * The inventory service: stock, and what is reserved of it. It joins its caller's transaction and knows nothing of it; a saga's
 * steps and the shop's events take effect once.
 */
@NullMarked
package dev.assent.shop.inventory;

import org.jspecify.annotations.NullMarked;
