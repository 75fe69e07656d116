package dev.assent.admin.view;

import java.util.List;
import java.util.Optional;

/** Records that a relay gave up, the newest first. */
public record DeadLetters(List<DeadLetter> letters, Optional<String> problem) {
    public DeadLetters {
        letters = List.copyOf(letters);
    }
}
