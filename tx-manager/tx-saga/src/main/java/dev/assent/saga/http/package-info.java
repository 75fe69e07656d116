/**
 * Steps that are HTTP calls, with java.net.http.
 *
 * <p>The invariant: every request carries its call's key, and an answer counts as done or refused only if its status says
 * so; anything else may have had its effect.
 */
@NullMarked
package dev.assent.saga.http;

import org.jspecify.annotations.NullMarked;
