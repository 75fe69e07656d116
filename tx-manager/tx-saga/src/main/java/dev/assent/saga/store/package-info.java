/**
 * Step logs on znodes. {@link dev.assent.saga.store.SagaLayout} says where everything lies,
 * {@link dev.assent.saga.store.SagaCodec} how.
 *
 * <p>The invariant: an entry is created in one multi with the check of the version of its saga's {@code executor} znode,
 * which every claim raises; and whose saga it is, what its last entry says and the lists that name it change in one multi.
 */
@NullMarked
package dev.assent.saga.store;

import org.jspecify.annotations.NullMarked;
