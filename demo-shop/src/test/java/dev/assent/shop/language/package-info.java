/** Services that are not written in Java. */
@NullMarked
package dev.assent.shop.language;

import org.jspecify.annotations.NullMarked;
