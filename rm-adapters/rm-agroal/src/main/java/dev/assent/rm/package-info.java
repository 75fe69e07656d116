/**
 * Assent for applications without a framework: {@link dev.assent.rm.Assent} puts the service, the transactions and
 * the pools together, and takes them down again.
 *
 * <p>Everything it does can be done by hand with the packages below; frameworks do so.
 */
@NullMarked
package dev.assent.rm;

import org.jspecify.annotations.NullMarked;
