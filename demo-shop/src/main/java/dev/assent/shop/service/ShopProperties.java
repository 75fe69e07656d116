package dev.assent.shop.service;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * Settings of one of the shop's services, under {@code shop.}.
 *
 * @param service its name; also the name of its database for recovery
 * @param databaseUrl JDBC URL of its PostgreSQL database
 * @param inventoryUrl where the inventory service is, for the order service
 * @param paymentUrl where the payment service is, for the order service
 * @param kafka the brokers, for the order service
 * @param tls the bundle of Spring Boot's whose certificates the other services are shown; empty: they are called in plain text
 */
@ConfigurationProperties("shop")
public record ShopProperties(
        String service,
        String databaseUrl,
        @DefaultValue("") String inventoryUrl,
        @DefaultValue("") String paymentUrl,
        @DefaultValue("") String kafka,
        @DefaultValue("") String tls) {}
