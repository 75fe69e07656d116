@NullMarked
package dev.assent.rm.xa;

import org.jspecify.annotations.NullMarked;
