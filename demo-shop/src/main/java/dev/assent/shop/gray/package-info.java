/**
 * Gray failures as a drill: a disk, a database, a process or a broker that neither answers nor fails, and what must go
 * on beside it.
 *
 * <p>Called by {@code ./assent torture gray} and by the build. {@link dev.assent.shop.gray.Rows} lists what is made to
 * stall; {@link dev.assent.shop.gray.Trial} does it and measures before, during and after;
 * {@link dev.assent.shop.gray.Judgement} says what held. Everything is a real process on loopback, and a row whose
 * means are missing on this machine is reported as not run, never as passed.
 */
@NullMarked
package dev.assent.shop.gray;

import org.jspecify.annotations.NullMarked;
