@NullMarked
package dev.assent.shop.gray;

import org.jspecify.annotations.NullMarked;
