/** Tests of the member's files: what a crash at any moment, or damage at any place, leaves and reports. */
@NullMarked
package dev.assent.coordination.disk;

import org.jspecify.annotations.NullMarked;
