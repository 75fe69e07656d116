/** That the console serves what it lists, as browsers need it, and nothing else. */
@NullMarked
package dev.assent.admin.page;

import org.jspecify.annotations.NullMarked;
