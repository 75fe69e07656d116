/** What a soak judges by. */
@NullMarked
package dev.assent.shop.soak;

import org.jspecify.annotations.NullMarked;
