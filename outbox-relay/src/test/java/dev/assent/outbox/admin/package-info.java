/** Tests of what operators can have a relay do. */
@NullMarked
package dev.assent.outbox.admin;

import org.jspecify.annotations.NullMarked;
