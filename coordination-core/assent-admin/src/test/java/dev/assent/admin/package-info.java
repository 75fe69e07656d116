/** That the admin API is as its description says, and costs its process nothing but its own threads. */
@NullMarked
package dev.assent.admin;

import org.jspecify.annotations.NullMarked;
