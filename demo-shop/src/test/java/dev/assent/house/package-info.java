/**
 * The rules of the house that hold in every module, whatever it is for, checked where all modules can be seen: no
 * sleep, one clock, one way out of a process, names, lengths, what is pure, and where each library is at home.
 *
 * <p>Who may see whom within a module is that module's {@code HouseRulesTest}. The invariant: no rule is checked without
 * being shown a violation, which lies in {@link dev.assent.house.planted}.
 */
@NullMarked
package dev.assent.house;

import org.jspecify.annotations.NullMarked;
