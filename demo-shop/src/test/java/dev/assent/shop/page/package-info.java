/** The shop's page in a browser and over HTTP, with a system behind it that does as it is told. */
@NullMarked
package dev.assent.shop.page;

import org.jspecify.annotations.NullMarked;
