package dev.assent.shop.demo;

import dev.assent.shop.page.Picture;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;

/** The last things that happened, the newest first. Thread-safe. */
final class News {
    static final int LINES_MAX = 40;

    private final Deque<Picture.Line> lines = new ArrayDeque<>();

    synchronized void add(String text) {
        lines.addFirst(new Picture.Line(System.currentTimeMillis(), text));
        if (lines.size() > LINES_MAX) {
            lines.removeLast();
        }
    }

    synchronized List<Picture.Line> lines() {
        return List.copyOf(lines);
    }
}
