@NullMarked
package dev.assent.shop.demo.parts;

import org.jspecify.annotations.NullMarked;
