@NullMarked
package dev.assent.rm.jta;

import org.jspecify.annotations.NullMarked;
