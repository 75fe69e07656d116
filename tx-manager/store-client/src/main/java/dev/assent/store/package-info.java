/**
 * The one client of the replicated znode store: the only package that talks to ZooKeeper's client library.
 *
 * <p>{@link dev.assent.store.StoreSession} is opened once a process and component, and used by many threads. Requests
 * ({@code multi} of {@link dev.assent.store.StoreOp}s, {@code create}, {@code setData} with a version as
 * compare-and-set, {@code syncAndRead}, {@code children}) answer with futures and go out once each; a
 * {@link dev.assent.store.StoreException} carries the {@link dev.assent.store.StoreCode}, and {@code code().isSilence()}
 * tells what may have been carried out from what was refused. Who can block waits with {@code await}; who may repeat,
 * with {@code repeat} until a {@link dev.assent.store.Deadline}. What becomes of the session is told to a
 * {@link dev.assent.store.SessionListener}; what changes, to a {@link dev.assent.store.StoreWatch}, one for all reads.
 * {@link dev.assent.store.SetAside} keeps count of znodes that are not what they should be.
 *
 * <p>What always holds: no request is repeated without being told to; every wait has a bound; no listener or waiting
 * caller holds up the thread that brings the answers. A write of a process that has lost its role is refused by a
 * {@code StoreOp.Check} of an epoch in the same multi, not by the session.
 */
@NullMarked
package dev.assent.store;

import org.jspecify.annotations.NullMarked;
