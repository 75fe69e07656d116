@NullMarked
package dev.assent.shop.takeover;

import org.jspecify.annotations.NullMarked;
