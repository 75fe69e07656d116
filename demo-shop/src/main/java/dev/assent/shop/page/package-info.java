/**
 * The shop's page: what a person looking at the demo sees, and what they can have done to it. It knows how to show a
 * {@link dev.assent.shop.page.Picture} and how to hand over an {@link dev.assent.shop.page.Order}, and nothing of where either
 * comes from or goes to; the demo is behind {@link dev.assent.shop.page.PageSource}.
 *
 * <p>Always: it listens on the loopback interface only, acts on a POST of its own page or of no page, and a picture is never
 * waited for.
 */
@NullMarked
package dev.assent.shop.page;

import org.jspecify.annotations.NullMarked;
