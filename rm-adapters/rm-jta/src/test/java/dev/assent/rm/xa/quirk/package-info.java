@NullMarked
package dev.assent.rm.xa.quirk;

import org.jspecify.annotations.NullMarked;
