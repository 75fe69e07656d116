@NullMarked
package dev.assent.shop.drills.shop;

import org.jspecify.annotations.NullMarked;
