@NullMarked
package dev.assent.rm.jdbc;

import org.jspecify.annotations.NullMarked;
