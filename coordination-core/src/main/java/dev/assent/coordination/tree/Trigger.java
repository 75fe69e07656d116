package dev.assent.coordination.tree;

import dev.assent.coordination.model.Acl;
import dev.assent.coordination.model.EventType;
import dev.assent.coordination.model.ZnodePath;

/**
 * Something that watches may wait for.
 *
 * @param acl of the znode at {@code path} (its last one, if deleted): who may not read it is not told
 */
public record Trigger(EventType type, ZnodePath path, Acl acl) {}
