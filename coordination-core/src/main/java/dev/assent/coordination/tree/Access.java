package dev.assent.coordination.tree;

import dev.assent.coordination.model.Acl;
import dev.assent.coordination.model.Identity;
import dev.assent.coordination.model.Permission;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Decides by ACL who may do what, under the schemes world, auth, digest, x509, ip and super. */
public final class Access {
    /** May do everything. */
    public static final Identity SUPER = new Identity("super", "");

    private Access() {}

    /** Whether any of {@code identities} holds {@code permission}. */
    public static boolean permits(Acl acl, Permission permission, List<Identity> identities) {
        if (acl.equals(Acl.OPEN)) {
            return true;
        }
        if (identities.contains(SUPER)) {
            return true;
        }
        for (Acl.Entry entry : acl.entries()) {
            if (entry.grants(permission) && isMeant(entry.identity(), identities)) {
                return true;
            }
        }
        return false;
    }

    private static boolean isMeant(Identity granted, List<Identity> identities) {
        if (granted.equals(Identity.ANYONE)) {
            return true;
        }
        for (Identity identity : identities) {
            if (identity.equals(granted)) {
                return true;
            }
            if (granted.scheme().equals(IpRange.SCHEME)
                    && identity.scheme().equals(IpRange.SCHEME)
                    && IpRange.matches(granted.id(), identity.id())) {
                return true;
            }
        }
        return false;
    }

    /**
     * The ACL that a client means: duplicates dropped, {@code auth} replaced by what the client has authenticated as.
     * Empty if it is not a valid one: no entries, an unknown scheme, or {@code auth} of somebody unauthenticated.
     */
    public static Optional<Acl> resolve(Acl requested, List<Identity> identities) {
        if (requested.equals(Acl.OPEN)) {
            return Optional.of(Acl.OPEN);
        }
        Set<Acl.Entry> resolved = new LinkedHashSet<>();
        for (Acl.Entry entry : requested.entries()) {
            Identity identity = entry.identity();
            if (!identity.scheme().equals("auth")) {
                if (!isValid(identity)) {
                    return Optional.empty();
                }
                resolved.add(entry);
            } else if (!addAuthenticated(resolved, entry.permissionBits(), identities)) {
                return Optional.empty();
            }
        }
        if (resolved.isEmpty() || resolved.size() > Acl.ENTRIES_MAX) {
            return Optional.empty();
        }
        return Optional.of(new Acl(List.copyOf(resolved)).shared());
    }

    private static boolean addAuthenticated(Set<Acl.Entry> resolved, int permissionBits, List<Identity> identities) {
        boolean any = false;
        for (Identity identity : identities) {
            if (identity.scheme().equals(DigestScheme.SCHEME)
                    || identity.scheme().equals(CertificateScheme.SCHEME)) {
                resolved.add(new Acl.Entry(permissionBits, identity));
                any = true;
            }
        }
        return any;
    }

    private static boolean isValid(Identity identity) {
        return switch (identity.scheme()) {
            case "world" -> identity.equals(Identity.ANYONE);
            case DigestScheme.SCHEME -> DigestScheme.isValid(identity.id());
            case CertificateScheme.SCHEME -> CertificateScheme.isValid(identity.id());
            case IpRange.SCHEME -> IpRange.isValid(identity.id());
            default -> false;
        };
    }
}
