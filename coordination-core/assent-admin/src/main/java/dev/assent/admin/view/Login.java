package dev.assent.admin.view;

import java.util.List;
import java.util.Optional;

/**
 * Who asks, and what he may have done here.
 *
 * @param name of the token that was shown
 * @param role read or operate
 * @param loginNeeded whether who shows no token is turned away
 * @param actions paths of what this process can do, whoever asks
 */
public record Login(Optional<String> name, String role, boolean loginNeeded, List<String> actions) {
    public Login {
        actions = List.copyOf(actions);
    }
}
