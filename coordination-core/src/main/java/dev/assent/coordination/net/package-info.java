/**
 * What listeners of both kinds share: to survive a flood without filling the log, and to go on accepting once there are
 * descriptors again.
 */
@NullMarked
package dev.assent.coordination.net;

import org.jspecify.annotations.NullMarked;
