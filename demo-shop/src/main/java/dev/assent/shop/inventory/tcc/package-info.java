/**
 * Inventory's part of the checkout by try, confirm and cancel: pieces are held in a local transaction, and sold or put back in
 * another one when the caller's transaction has ended. Unlike the rest of the service it knows that it takes part.
 */
@NullMarked
package dev.assent.shop.inventory.tcc;

import org.jspecify.annotations.NullMarked;
