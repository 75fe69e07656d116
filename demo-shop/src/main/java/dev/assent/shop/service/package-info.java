/**
 * What the shop's services share: a pool whose connections take part in global transactions, local transactions beside them, a
 * client that carries the transaction to the next service, what they tell each other by events, and how problems are answered.
 */
@NullMarked
package dev.assent.shop.service;

import org.jspecify.annotations.NullMarked;
