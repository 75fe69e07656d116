@NullMarked
package dev.assent.rm.hibernate;

import org.jspecify.annotations.NullMarked;
