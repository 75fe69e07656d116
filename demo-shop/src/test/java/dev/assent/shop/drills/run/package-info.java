@NullMarked
package dev.assent.shop.drills.run;

import org.jspecify.annotations.NullMarked;
