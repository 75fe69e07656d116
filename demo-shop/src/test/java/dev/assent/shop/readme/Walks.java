package dev.assent.shop.readme;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** The tables of a page of walks: a step a row, with the packages that it passes. */
final class Walks {
    private static final Pattern STEP = Pattern.compile("^\\| (\\d+)( ↩)? \\| ([^|]+) \\|", Pattern.MULTILINE);
    private static final Pattern PACKAGE = Pattern.compile("`([^`]+)`");

    private final Set<String> before = new HashSet<>();
    private Set<String> lastStep = Set.of();
    private final List<String> odd = new ArrayList<>();

    private Walks() {}

    /**
     * Steps that come back to a package which the walk has left, and are not marked so; marked ones that pass nothing
     * known; and walks with such a step that do not say why it comes back.
     */
    static List<String> unexplained(String page) {
        List<String> odd = new ArrayList<>();
        for (String section : page.split("\n(?=##+ )", -1)) {
            Walks walk = new Walks();
            STEP.matcher(section).results().forEach(walk::step);
            boolean comesBack = STEP.matcher(section).results().anyMatch(step -> step.group(2) != null);
            if (comesBack && !section.contains("**Why it comes back.**")) {
                walk.odd.add("does not say why it comes back");
            }
            String title = section.lines().findFirst().orElse("");
            walk.odd.forEach(what -> odd.add(title + ": " + what));
        }
        return odd;
    }

    private void step(MatchResult step) {
        Set<String> passed = PACKAGE.matcher(step.group(3))
                .results()
                .map(name -> name.group(1))
                .collect(Collectors.toSet());
        Set<String> returned = passed.stream()
                .filter(name -> before.contains(name) && !lastStep.contains(name))
                .collect(Collectors.toSet());
        boolean isMarked = step.group(2) != null;
        if (!isMarked && !returned.isEmpty()) {
            odd.add("step " + step.group(1) + " comes back to " + returned + " unmarked");
        }
        if (isMarked && passed.stream().noneMatch(before::contains)) {
            odd.add("step " + step.group(1) + " is marked, and comes back to nothing");
        }
        before.addAll(passed);
        lastStep = passed;
    }
}
