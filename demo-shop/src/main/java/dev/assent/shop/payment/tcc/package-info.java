/**
 * Payment's part of the checkout by try, confirm and cancel: money is held in a local transaction, and taken or given back in
 * another one when the caller's transaction has ended. Unlike the rest of the service it knows that it takes part.
 */
@NullMarked
package dev.assent.shop.payment.tcc;

import org.jspecify.annotations.NullMarked;
