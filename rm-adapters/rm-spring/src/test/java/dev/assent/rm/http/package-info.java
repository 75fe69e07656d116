@NullMarked
package dev.assent.rm.http;

import org.jspecify.annotations.NullMarked;
