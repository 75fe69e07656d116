@NullMarked
package dev.assent.shop.tcc;

import org.jspecify.annotations.NullMarked;
