/** What the README shows as code is code: taken from its text, compiled, and run. */
@NullMarked
package dev.assent.shop.readme;

import org.jspecify.annotations.NullMarked;
