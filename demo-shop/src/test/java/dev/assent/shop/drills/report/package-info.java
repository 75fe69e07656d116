@NullMarked
package dev.assent.shop.drills.report;

import org.jspecify.annotations.NullMarked;
