package dev.assent.shop.drills.report;

import dev.assent.shop.drills.run.Result;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** The files of a report. */
public final class Reports {
    public static final String PAGE = "drills.html";
    public static final String XML = "drills.xml";

    private Reports() {}

    /** Writes both into {@code directory}, over those of an earlier run. */
    public static void write(Path directory, List<Result> results, List<NotRun> notRun) throws IOException {
        Files.createDirectories(directory);
        Files.writeString(directory.resolve(PAGE), HtmlReport.of(results));
        Files.writeString(directory.resolve(XML), JUnitXml.of(results, notRun));
    }
}
