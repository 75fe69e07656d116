/** Tests of what assent-base makes of certificates, here because it cannot make any. */
@NullMarked
package dev.assent.security;

import org.jspecify.annotations.NullMarked;
