/** Tests of the drills: their plans and judgements as units, and one run on an ensemble of another make. */
@NullMarked
package dev.assent.shop.drill;

import org.jspecify.annotations.NullMarked;
