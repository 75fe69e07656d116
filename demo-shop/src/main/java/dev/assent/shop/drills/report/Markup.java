package dev.assent.shop.drills.report;

/** Text within HTML, SVG and XML. */
final class Markup {
    private Markup() {}

    /** Nothing in it is taken for a tag, an attribute's end, or a character that XML does not know. */
    static String escaped(String text) {
        StringBuilder out = new StringBuilder(text.length());
        for (int at = 0; at < text.length(); at++) {
            char c = text.charAt(at);
            switch (c) {
                case '&' -> out.append("&amp;");
                case '<' -> out.append("&lt;");
                case '>' -> out.append("&gt;");
                case '"' -> out.append("&quot;");
                case '\'' -> out.append("&#39;");
                default -> out.append(c < ' ' && c != '\n' && c != '\t' ? '?' : c);
            }
        }
        return out.toString();
    }
}
