/**
 * A system of the user's, described by a YAML file: how each part is started, ended, frozen and seen to serve, what callers
 * send, and what has to hold. {@link dev.assent.shop.drills.system.SystemFile} reads it and names line, key and remedy of
 * whatever is wrong; {@link dev.assent.shop.drills.system.SystemTarget} is the system.
 *
 * <p>Every command and every question has a time-out; one that is late has failed.
 */
@NullMarked
package dev.assent.shop.drills.system;

import org.jspecify.annotations.NullMarked;
