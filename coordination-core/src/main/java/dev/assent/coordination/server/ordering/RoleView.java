package dev.assent.coordination.server.ordering;

import dev.assent.coordination.model.Epoch;
import dev.assent.coordination.model.ServerId;
import dev.assent.coordination.zab.Role;
import java.util.Optional;

/** A server's place in its ensemble at one moment. */
public record RoleView(Role role, Epoch epoch, Optional<ServerId> leader, boolean serving) {
    public static final RoleView NONE = new RoleView(Role.LOOKING, Epoch.NONE, Optional.empty(), false);
}
