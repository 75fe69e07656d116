/**
 * What the shop's three services share: a transaction service that finds the coordinator nodes, a pool whose
 * connections take part in global transactions, and a client that carries the transaction to the next service.
 */
@NullMarked
package dev.assent.shop.service;

import org.jspecify.annotations.NullMarked;
