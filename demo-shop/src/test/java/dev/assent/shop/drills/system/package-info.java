@NullMarked
package dev.assent.shop.drills.system;

import org.jspecify.annotations.NullMarked;
