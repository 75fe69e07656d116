/** Tests of settings. */
@NullMarked
package dev.assent.settings;

import org.jspecify.annotations.NullMarked;
