package dev.assent.rm.operator;

import java.util.Optional;
import java.util.function.Function;

/**
 * What a command may know of the process it runs in.
 *
 * @param environment the value of a variable, if it is set
 * @param operator who types, for the audit log
 */
public record CommandContext(Function<String, Optional<String>> environment, String operator) {

    /** The environment's value of that name. */
    public Optional<String> variable(String name) {
        return environment.apply(name);
    }
}
