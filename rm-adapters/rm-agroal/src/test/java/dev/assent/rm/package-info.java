@NullMarked
package dev.assent.rm;

import org.jspecify.annotations.NullMarked;
