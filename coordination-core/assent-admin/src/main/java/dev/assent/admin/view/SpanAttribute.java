package dev.assent.admin.view;

/** One that a span has, by the conventions of OpenTelemetry or, beginning with {@code assent.}, ours. */
public record SpanAttribute(String name, String value) {}
