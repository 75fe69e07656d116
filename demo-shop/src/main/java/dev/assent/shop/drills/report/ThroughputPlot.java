package dev.assent.shop.drills.report;

import dev.assent.shop.drills.plan.Seen;
import java.util.Locale;

/** Commits a second over time, as SVG, with the fault's time hatched. */
final class ThroughputPlot {
    private static final int WIDTH = 760;
    private static final int HEIGHT = 180;
    private static final int LEFT = 46;
    private static final int TOP = 22;
    private static final int BOTTOM = 24;
    private static final int BARS_MAX = 240;
    private static final long BAR_MILLIS_MIN = 250;
    private static final int TICKS = 8;

    private final Seen seen;
    private final long endMillis;
    private final long barMillis;
    private final double most;

    private ThroughputPlot(Seen seen) {
        this.seen = seen;
        this.endMillis = Math.max(BAR_MILLIS_MIN, seen.total().atMillis());
        this.barMillis = Math.max(BAR_MILLIS_MIN, endMillis / BARS_MAX);
        double highest = 1;
        for (long at = 0; at < endMillis; at += barMillis) {
            highest = Math.max(highest, seen.perSecond(at, at + barMillis));
        }
        this.most = highest;
    }

    /** Numbered, since ids are one page's. */
    static String of(Seen seen, int number) {
        return new ThroughputPlot(seen).svg(number);
    }

    private String svg(int number) {
        StringBuilder svg = new StringBuilder(String.format(
                Locale.ROOT,
                "<svg role=\"img\" viewBox=\"0 0 %d %d\" width=\"100%%\"><title>Commits a second over time</title>"
                        + "<defs><pattern id=\"hatch%d\" width=\"6\" height=\"6\" patternUnits=\"userSpaceOnUse\""
                        + " patternTransform=\"rotate(45)\"><line x1=\"0\" y1=\"0\" x2=\"0\" y2=\"6\" class=\"hatch\"/>"
                        + "</pattern></defs>",
                WIDTH,
                HEIGHT,
                number));
        seen.struckAtMillis().ifPresent(struck -> svg.append(fault(struck, number)));
        for (long at = 0; at < endMillis; at += barMillis) {
            svg.append(bar(at));
        }
        svg.append(axes());
        return svg.append("</svg>").toString();
    }

    private String fault(long struck, int number) {
        return String.format(
                Locale.ROOT,
                "<rect x=\"%.1f\" y=\"%d\" width=\"%.1f\" height=\"%d\" fill=\"url(#hatch%d)\"/>"
                        + "<text x=\"%.1f\" y=\"14\">fault</text><text x=\"%.1f\" y=\"14\">healed</text>",
                x(struck),
                TOP,
                Math.max(1, x(seen.healedAtMillis()) - x(struck)),
                HEIGHT - TOP - BOTTOM,
                number,
                x(struck),
                Math.max(x(seen.healedAtMillis()), x(struck) + 40));
    }

    private String bar(long at) {
        double height = seen.perSecond(at, at + barMillis) / most * (HEIGHT - TOP - BOTTOM);
        return String.format(
                Locale.ROOT,
                "<rect class=\"bar\" x=\"%.1f\" y=\"%.1f\" width=\"%.1f\" height=\"%.1f\"/>",
                x(at),
                HEIGHT - BOTTOM - height,
                Math.max(0.8, x(at + barMillis) - x(at) - 0.4),
                height);
    }

    private String axes() {
        StringBuilder axes = new StringBuilder(String.format(
                Locale.ROOT,
                "<path class=\"axis\" d=\"M%d %d V%d H%d\"/><text x=\"2\" y=\"%d\">%.0f/s</text><text x=\"2\" y=\"%d\">0</text>",
                LEFT,
                TOP,
                HEIGHT - BOTTOM,
                WIDTH,
                TOP + 8,
                most,
                HEIGHT - BOTTOM));
        long step = Math.max(1, (endMillis / 1_000 + TICKS - 1) / TICKS);
        for (long second = 0; second * 1_000 <= endMillis; second += step) {
            axes.append(String.format(
                    Locale.ROOT, "<text x=\"%.1f\" y=\"%d\">%d s</text>", x(second * 1_000), HEIGHT - 6, second));
        }
        return axes.toString();
    }

    private double x(long millis) {
        return LEFT + (WIDTH - LEFT) * Math.min(1.0, (double) millis / endMillis);
    }
}
