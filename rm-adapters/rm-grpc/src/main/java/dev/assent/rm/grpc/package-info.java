/**
 * The transaction context over gRPC: the header of {@link dev.assent.rm.http.TransactionHeader} as metadata, from the
 * caller's thread to the handler's thread in another service, for unary calls.
 *
 * <p>Callers put {@link dev.assent.rm.grpc.PropagatingClientInterceptor} before their channels, services
 * {@link dev.assent.rm.grpc.TransactionServerInterceptor} before their handlers. Invariants are those of HTTP: the token
 * goes to listed hosts only; no call leaves a transaction unless its host is excluded on purpose; an answer reaches the
 * caller only after the handler's branches can prepare; a token that cannot be joined by begins nothing.
 */
@NullMarked
package dev.assent.rm.grpc;

import org.jspecify.annotations.NullMarked;
