/**
 * Spring and Spring Boot over our transactions, so that {@code @Transactional} just works.
 *
 * <p>{@link dev.assent.rm.spring.AssentTransactionConfiguration} is for plain Spring;
 * {@link dev.assent.rm.spring.AssentAutoConfiguration} is found by Spring Boot. Both build on a
 * {@code TransactionService} bean, and an application's own bean of any type wins over theirs.
 */
@NullMarked
package dev.assent.rm.spring;

import org.jspecify.annotations.NullMarked;
