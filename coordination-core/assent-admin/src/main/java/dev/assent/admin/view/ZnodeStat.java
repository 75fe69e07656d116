package dev.assent.admin.view;

import java.time.Instant;
import java.util.Optional;

/**
 * What the store knows of it besides. Zxids are hexadecimal.
 *
 * @param owner the session that it goes with
 */
public record ZnodeStat(
        String createdZxid,
        String modifiedZxid,
        String childrenZxid,
        Instant createdAt,
        Instant modifiedAt,
        int version,
        int childrenVersion,
        int aclVersion,
        int dataBytes,
        int children,
        Optional<String> owner) {}
