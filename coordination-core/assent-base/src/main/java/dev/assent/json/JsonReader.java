package dev.assent.json;

import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Reads one JSON object: maps, lists, text, whole numbers as {@code Long}, and booleans. Stricter than RFC 8259 where we
 * write no other: no fractions, no null, no name twice.
 */
public final class JsonReader {
    /** Objects and lists within each other. */
    public static final int DEPTH_MAX = 16;

    private final String text;
    private int at;

    private JsonReader(String text) {
        this.text = text;
    }

    /**
     * The fields of an object, with nothing behind it.
     *
     * @throws IllegalArgumentException it is none; the message says where, and repeats no text that stands there
     */
    public static Map<String, Object> object(String text) {
        JsonReader reading = new JsonReader(text);
        Map<String, Object> object = reading.object(0);
        reading.skipSpace();
        if (reading.at < text.length()) {
            throw reading.wrong("more than an object");
        }
        return object;
    }

    private IllegalArgumentException wrong(String what) {
        return new IllegalArgumentException(what + " at character " + (at + 1));
    }

    private void skipSpace() {
        while (at < text.length() && " \t\r\n".indexOf(text.charAt(at)) >= 0) {
            at++;
        }
    }

    private char next() {
        skipSpace();
        if (at == text.length()) {
            throw wrong("an end that is too early");
        }
        return text.charAt(at);
    }

    private void expect(char wanted) {
        if (next() != wanted) {
            throw wrong("no '" + wanted + "'");
        }
        at++;
    }

    /** Whether one more follows; takes the comma, or the end. */
    private boolean isMore(char end, boolean first) {
        if (next() == end) {
            at++;
            return false;
        }
        if (!first) {
            expect(',');
        }
        return true;
    }

    private Map<String, Object> object(int depth) {
        expect('{');
        Map<String, Object> fields = new LinkedHashMap<>();
        while (isMore('}', fields.isEmpty())) {
            skipSpace();
            String name = string();
            expect(':');
            if (fields.put(name, value(depth)) != null) {
                throw wrong("a name for the second time");
            }
        }
        return fields;
    }

    private Object value(int depth) {
        if (depth == DEPTH_MAX) {
            throw wrong("more than " + DEPTH_MAX + " levels");
        }
        char first = next();
        if (first == '{') {
            return object(depth + 1);
        } else if (first == '[') {
            return list(depth + 1);
        } else if (first == '"') {
            return string();
        } else if (text.startsWith("true", at)) {
            at += 4;
            return true;
        } else if (text.startsWith("false", at)) {
            at += 5;
            return false;
        }
        return number();
    }

    private List<Object> list(int depth) {
        expect('[');
        List<Object> values = new ArrayList<>();
        while (isMore(']', values.isEmpty())) {
            values.add(value(depth));
        }
        return values;
    }

    private Long number() {
        int start = at;
        if (text.charAt(at) == '-') {
            at++;
        }
        while (at < text.length() && text.charAt(at) >= '0' && text.charAt(at) <= '9') {
            at++;
        }
        try {
            return Long.valueOf(text.substring(start, at));
        } catch (NumberFormatException none) {
            at = start;
            throw wrong("no value");
        }
    }

    private String string() {
        expect('"');
        StringBuilder read = new StringBuilder();
        while (true) {
            if (at == text.length()) {
                throw wrong("a text without an end");
            }
            char c = text.charAt(at++);
            if (c == '"') {
                return read.toString();
            }
            if (c < ' ') {
                throw wrong("a control character within a text");
            }
            read.append(c == '\\' ? escaped() : c);
        }
    }

    private char escaped() {
        if (at == text.length()) {
            throw wrong("a text without an end");
        }
        char c = text.charAt(at++);
        return switch (c) {
            case '"', '\\', '/' -> c;
            case 'n' -> '\n';
            case 't' -> '\t';
            case 'r' -> '\r';
            case 'b' -> '\b';
            case 'f' -> '\f';
            case 'u' -> unicode();
            default -> throw wrong("no escape of JSON's");
        };
    }

    private char unicode() {
        int value = 0;
        for (int digit = 0; digit < 4; digit++) {
            if (at >= text.length() || !HexFormat.isHexDigit(text.charAt(at))) {
                throw wrong("no four hexadecimal digits");
            }
            value = value << 4 | HexFormat.fromHexDigit(text.charAt(at++));
        }
        return (char) value;
    }
}
