/**
 * The transaction context over HTTP: one header, {@link dev.assent.rm.http.TransactionHeader#NAME}, from the caller's
 * thread to the handler's thread in another service.
 *
 * <p>Callers use {@link dev.assent.rm.http.OutgoingTransactions} or, with Spring, its interceptor; services put
 * {@link dev.assent.rm.http.TransactionFilter} in front of their handlers. Invariants: the header, which lets its
 * holder join, goes to listed hosts only; inside a transaction no request leaves it unless its host is excluded on purpose;
 * a handler's answer reaches the caller only after its branches can prepare; a header that cannot be joined by begins
 * nothing.
 */
@NullMarked
package dev.assent.rm.http;

import org.jspecify.annotations.NullMarked;
