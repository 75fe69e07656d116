/**
 * The shipping service: a consumer of events and nothing else. It takes no part in any transaction but its own, and ships each
 * paid order once.
 */
@NullMarked
package dev.assent.shop.shipping;

import org.jspecify.annotations.NullMarked;
