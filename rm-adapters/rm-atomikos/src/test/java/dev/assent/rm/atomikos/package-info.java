@NullMarked
package dev.assent.rm.atomikos;

import org.jspecify.annotations.NullMarked;
