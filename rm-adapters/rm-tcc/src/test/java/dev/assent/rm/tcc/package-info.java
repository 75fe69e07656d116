@NullMarked
package dev.assent.rm.tcc;

import org.jspecify.annotations.NullMarked;
