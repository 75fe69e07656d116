package dev.assent.admin;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Reads JSON (RFC 8259) of the few kinds that orders are made of: an object of text, truth values and lists of text. What
 * else there may be is refused, as nobody would act on it. The caller bounds the length.
 */
final class JsonText {
    private final String text;
    private int at;

    private JsonText(String text) {
        this.text = text;
    }

    /**
     * The fields of an object: {@link String}, {@link Boolean}, or a list of text.
     *
     * @throws IllegalArgumentException it is none; the message says where, and not what stands there
     */
    static Map<String, Object> object(String text) {
        JsonText json = new JsonText(text);
        Map<String, Object> fields = json.fields();
        json.space();
        if (json.at != text.length()) {
            throw json.wrong("nothing more");
        }
        return fields;
    }

    private Map<String, Object> fields() {
        Map<String, Object> fields = new LinkedHashMap<>();
        expect('{');
        if (next('}')) {
            return fields;
        }
        do {
            space();
            String name = string();
            expect(':');
            if (fields.put(name, value()) != null) {
                throw wrong("no field twice");
            }
        } while (next(','));
        expect('}');
        return fields;
    }

    private Object value() {
        space();
        if (text.startsWith("true", at)) {
            at += "true".length();
            return true;
        }
        if (text.startsWith("false", at)) {
            at += "false".length();
            return false;
        }
        return at < text.length() && text.charAt(at) == '[' ? list() : string();
    }

    private List<String> list() {
        List<String> list = new ArrayList<>();
        expect('[');
        if (next(']')) {
            return list;
        }
        do {
            space();
            list.add(string());
        } while (next(','));
        expect(']');
        return list;
    }

    private String string() {
        if (at >= text.length() || text.charAt(at) != '"') {
            throw wrong("text in quotation marks");
        }
        at++;
        StringBuilder out = new StringBuilder();
        while (true) {
            char one = take();
            if (one == '"') {
                return out.toString();
            }
            if (one < ' ') {
                throw wrong("no control character within text");
            }
            out.append(one == '\\' ? escaped() : one);
        }
    }

    private char escaped() {
        char one = take();
        return switch (one) {
            case '"', '\\', '/' -> one;
            case 'b' -> '\b';
            case 'f' -> '\f';
            case 'n' -> '\n';
            case 'r' -> '\r';
            case 't' -> '\t';
            case 'u' -> unicode();
            default -> throw wrong("an escape of JSON's");
        };
    }

    private char unicode() {
        int digits = 4;
        if (at + digits > text.length() || !text.substring(at, at + digits).matches("[0-9a-fA-F]{4}")) {
            throw wrong("four hexadecimal digits");
        }
        at += digits;
        return (char) Integer.parseInt(text.substring(at - digits, at), 16);
    }

    private char take() {
        if (at >= text.length()) {
            throw wrong("more");
        }
        return text.charAt(at++);
    }

    private void space() {
        while (at < text.length() && " \t\r\n".indexOf(text.charAt(at)) >= 0) {
            at++;
        }
    }

    private boolean next(char wanted) {
        space();
        boolean there = at < text.length() && text.charAt(at) == wanted;
        at += there ? 1 : 0;
        return there;
    }

    private void expect(char wanted) {
        if (!next(wanted)) {
            throw wrong("'" + wanted + "'");
        }
    }

    private IllegalArgumentException wrong(String expected) {
        return new IllegalArgumentException("the body is no JSON object of text, true, false and lists of text: "
                + expected + " was expected at character " + at);
    }
}
