/**
 * {@code ./assent drill}: rehearsals of crashes, on the demo's shop or on a system that a file describes.
 *
 * <p>{@code plan} says what a drill is and judges it, {@code run} runs it, {@code report} writes it down, {@code system}
 * drives a system of the user's; the demo's own is {@link dev.assent.shop.drills.shop.ShopTarget}.
 */
@NullMarked
package dev.assent.shop.drills;

import org.jspecify.annotations.NullMarked;
