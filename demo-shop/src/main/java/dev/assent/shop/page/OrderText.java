package dev.assent.shop.page;

import java.util.Optional;
import java.util.UUID;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Reads orders as the page writes them. Thread-safe. */
final class OrderText {
    private final JsonMapper json;

    OrderText(JsonMapper json) {
        this.json = json;
    }

    /**
     * The order of that name; empty if there is none such.
     *
     * @throws IllegalArgumentException it cannot be read
     */
    Optional<Order> read(String name, String text) {
        JsonNode fields = fields(text);
        return switch (name) {
            case "buy" ->
                Optional.of(new Order.Buy(
                        word(fields, "customer"),
                        word(fields, "item"),
                        number(fields, "quantity"),
                        word(fields, "flow"),
                        id(fields, "token")));
            case "refund" -> Optional.of(new Order.Refund(id(fields, "order")));
            case "cancel" -> Optional.of(new Order.Cancel(id(fields, "order")));
            case "load" -> Optional.of(new Order.Load(number(fields, "customers")));
            case "drill" -> Optional.of(new Order.Strike(word(fields, "name")));
            default -> Optional.empty();
        };
    }

    private JsonNode fields(String text) {
        try {
            JsonNode fields = json.readTree(text);
            if (fields != null && fields.isObject()) {
                return fields;
            }
        } catch (JacksonException broken) {
            throw new IllegalArgumentException("an order is one JSON object", broken);
        }
        throw new IllegalArgumentException("an order is one JSON object");
    }

    private static String word(JsonNode fields, String name) {
        JsonNode field = fields.path(name);
        if (!field.isString()) {
            throw new IllegalArgumentException(name + " is a text");
        }
        return field.asString();
    }

    private static int number(JsonNode fields, String name) {
        JsonNode field = fields.path(name);
        if (!field.isInt()) {
            throw new IllegalArgumentException(name + " is a whole number");
        }
        return field.intValue();
    }

    private static UUID id(JsonNode fields, String name) {
        String text = word(fields, name);
        UUID id = UUID.fromString(text);
        if (!id.toString().equalsIgnoreCase(text)) {
            throw new IllegalArgumentException(name + " is an id as UUIDs are written");
        }
        return id;
    }
}
