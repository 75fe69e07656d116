/**
 * Hibernate ORM 7 under our transactions, found by Hibernate through its {@code JtaPlatformProvider} service.
 *
 * <p>The application hands its {@code AssentTransactions} to Hibernate among the persistence unit's settings, under
 * {@link dev.assent.rm.hibernate.AssentJtaPlatform#TRANSACTIONS}, so that nothing here is kept in statics.
 */
@NullMarked
package dev.assent.rm.hibernate;

import org.jspecify.annotations.NullMarked;
