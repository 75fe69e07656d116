/** What the adapters' tests share: one PostgreSQL for the whole run, and a transaction service in memory. */
@NullMarked
package dev.assent.rm.testing;

import org.jspecify.annotations.NullMarked;
