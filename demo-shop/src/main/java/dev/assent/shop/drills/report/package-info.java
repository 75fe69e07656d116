/**
 * Writes down how drills went: a page for people, JUnit's XML for machines that build. Both are made of {@link
 * dev.assent.shop.drills.run.Result}s as text; only {@link dev.assent.shop.drills.report.Reports} touches files.
 */
@NullMarked
package dev.assent.shop.drills.report;

import org.jspecify.annotations.NullMarked;
