/**
 * What a process of ours shows over HTTP, for people, scripts and Prometheus: {@code docs/admin-api.yaml}.
 *
 * <p>A process hands an {@link dev.assent.admin.AdminSource} and its events to {@link dev.assent.admin.AdminServer}; a page is
 * written in {@code Pages}, an {@link dev.assent.admin.Action} is carried out by {@code Orders}, and {@code login} says who
 * may. Invariants: nothing is changed but by an order whose giver is known; a client that is slow, or many
 * of them, cost threads and memory of this package only, within its limits; and a question or an order that hangs costs its
 * own answer. The JDK's server does it, since it is there in every process, speaks TLS, and brings nothing with it; what it
 * lacks, an end to slow requests, {@code RequestThreads} adds.
 */
@NullMarked
package dev.assent.admin;

import org.jspecify.annotations.NullMarked;
