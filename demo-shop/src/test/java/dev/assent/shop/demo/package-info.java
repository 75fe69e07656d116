/** Tests of the demo: its plans and judgements as units, and one that runs and is sent every flow. */
@NullMarked
package dev.assent.shop.demo;

import org.jspecify.annotations.NullMarked;
