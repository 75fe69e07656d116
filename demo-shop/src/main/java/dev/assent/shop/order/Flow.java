package dev.assent.shop.order;

import dev.assent.shop.service.Problem;
import java.util.Arrays;
import java.util.stream.Collectors;
import org.springframework.http.HttpStatus;

/** How a checkout is made. */
enum Flow {
    /** One transaction over all databases, committed as the service's settings say: in two phases, if they say nothing. */
    STRONG("strong"),
    /** The same, decided by the services themselves. */
    THREE_PHASE("three-phase"),
    /** The same, decided by a row in the order's own database. */
    COMMIT_POINT("commit-point"),
    /** Goods and money are held by tries, and confirmed or cancelled when the transaction has ended. */
    TCC("tcc"),
    /** One local transaction after the other, and compensations if it cannot go on. */
    SAGA("saga"),
    /** A local transaction here; the rest follows by events. */
    EVENTUAL("eventual");

    private final String word;

    Flow(String word) {
        this.word = word;
    }

    /** As callers say it. */
    String word() {
        return word;
    }

    static Flow of(String word) {
        return Arrays.stream(values())
                .filter(flow -> flow.word.equals(word))
                .findFirst()
                .orElseThrow(() -> new Problem(
                        HttpStatus.BAD_REQUEST,
                        "there is no flow '" + word + "'",
                        "choose one of "
                                + Arrays.stream(values()).map(Flow::word).collect(Collectors.joining(", "))));
    }
}
