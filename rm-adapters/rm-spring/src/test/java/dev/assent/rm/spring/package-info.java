@NullMarked
package dev.assent.rm.spring;

import org.jspecify.annotations.NullMarked;
