/** Tests of the order service without its processes. */
@NullMarked
package dev.assent.shop.order;

import org.jspecify.annotations.NullMarked;
