package dev.assent.shop.gray;

import java.util.List;
import java.util.stream.Stream;

/** The matrix: one row for each thing that neither answers nor fails. */
final class Rows {
    private Rows() {}

    static List<Row> all() {
        return Stream.concat(ResourceRows.all().stream(), StoreRows.all().stream())
                .toList();
    }

    /**
     * The rows of those names, in the matrix' order.
     *
     * @throws IllegalArgumentException there is no row of such a name; the message lists them
     */
    static List<Row> named(List<String> names) {
        List<String> known = all().stream().map(Row::name).toList();
        for (String name : names) {
            if (!known.contains(name)) {
                throw new IllegalArgumentException("there is no row '" + name + "'; the rows are " + known);
            }
        }
        return all().stream().filter(row -> names.contains(row.name())).toList();
    }
}
