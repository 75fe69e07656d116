@NullMarked
package dev.assent.store.audit;

import org.jspecify.annotations.NullMarked;
