package dev.assent.shop.order;

import java.util.UUID;

/**
 * What a customer wants.
 *
 * @param orderId chosen by the customer's side: asking twice with one id orders once
 */
record CheckoutRequest(UUID orderId, String customer, String item, int quantity) {}
