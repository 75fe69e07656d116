@NullMarked
package dev.assent.shop.drills.plan;

import org.jspecify.annotations.NullMarked;
