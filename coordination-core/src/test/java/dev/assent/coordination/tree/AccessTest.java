package dev.assent.coordination.tree;

import static org.assertj.core.api.Assertions.assertThat;

import dev.assent.coordination.model.Acl;
import dev.assent.coordination.model.Identity;
import dev.assent.coordination.model.Permission;
import java.nio.charset.StandardCharsets;
import java.security.NoSuchAlgorithmException;
import java.util.List;
import java.util.Optional;
import org.apache.zookeeper.server.auth.DigestAuthenticationProvider;
import org.junit.jupiter.api.Test;

class AccessTest {
    private static final byte[] CREDENTIALS = "bob:secret".getBytes(StandardCharsets.UTF_8);

    private static Acl only(Identity identity, Permission permission) {
        return new Acl(List.of(new Acl.Entry(permission.bit(), identity)));
    }

    @Test
    void digest_credentials_become_the_identity_that_the_official_client_computes() throws NoSuchAlgorithmException {
        String official = DigestAuthenticationProvider.generateDigest("bob:secret");

        assertThat(new DigestScheme(Optional.empty()).authenticate(CREDENTIALS))
                .containsExactly(new Identity("digest", official));
        assertThat(new DigestScheme(Optional.of(official)).authenticate(CREDENTIALS))
                .contains(Access.SUPER);
    }

    @Test
    void a_right_is_granted_to_whom_it_names_and_to_the_super_user_only() {
        Identity bob =
                new DigestScheme(Optional.empty()).authenticate(CREDENTIALS).get(0);
        Acl acl = only(bob, Permission.WRITE);

        assertThat(Access.permits(acl, Permission.WRITE, List.of(bob))).isTrue();
        assertThat(Access.permits(acl, Permission.READ, List.of(bob))).isFalse();
        assertThat(Access.permits(acl, Permission.WRITE, List.of())).isFalse();
        assertThat(Access.permits(acl, Permission.WRITE, List.of(new Identity("digest", "eve:x"))))
                .isFalse();
        assertThat(Access.permits(acl, Permission.READ, List.of(Access.SUPER))).isTrue();
        assertThat(Access.permits(Acl.READ_ONLY, Permission.READ, List.of())).isTrue();
        assertThat(Access.permits(Acl.READ_ONLY, Permission.ADMIN, List.of())).isFalse();
    }

    @Test
    void an_address_matches_the_leading_bits_of_a_range() {
        List<Identity> client = List.of(new Identity("ip", "10.1.2.3"));

        assertThat(Access.permits(only(new Identity("ip", "10.1.0.0/16"), Permission.READ), Permission.READ, client))
                .isTrue();
        assertThat(Access.permits(only(new Identity("ip", "10.1.2.3"), Permission.READ), Permission.READ, client))
                .isTrue();
        assertThat(Access.permits(only(new Identity("ip", "10.2.0.0/16"), Permission.READ), Permission.READ, client))
                .isFalse();
        assertThat(Access.permits(only(new Identity("ip", "0.0.0.0/0"), Permission.READ), Permission.READ, client))
                .isTrue();
    }

    @Test
    void an_address_of_the_later_protocol_matches_its_own_kind_only() {
        List<Identity> client = List.of(new Identity("ip", "2001:db8:0:0:0:0:0:12%eth0"));

        for (String range : List.of("2001:db8::12", "2001:db8::/32", "2001:DB8::10/124", "::/0")) {
            assertThat(Access.permits(only(new Identity("ip", range), Permission.READ), Permission.READ, client))
                    .as(range)
                    .isTrue();
        }
        for (String range : List.of("2001:db8::13", "2001:db8::/125", "2001:db9::/32", "0.0.0.0/0", "32.1.13.184")) {
            assertThat(Access.permits(only(new Identity("ip", range), Permission.READ), Permission.READ, client))
                    .as(range)
                    .isFalse();
        }
        List<Identity> older = List.of(new Identity("ip", "32.1.13.184"));
        assertThat(Access.permits(only(new Identity("ip", "2001:db8::/32"), Permission.READ), Permission.READ, older))
                .isFalse();
    }

    @Test
    void auth_stands_for_everybody_that_the_client_has_authenticated_as() {
        List<Identity> bob = new DigestScheme(Optional.empty()).authenticate(CREDENTIALS);
        Acl asked = only(new Identity("auth", ""), Permission.READ);

        assertThat(Access.resolve(asked, bob)).contains(only(bob.get(0), Permission.READ));
        assertThat(Access.resolve(asked, List.of(new Identity("ip", "1.2.3.4"))))
                .isEmpty();
    }

    @Test
    void acls_that_nobody_could_meet_are_invalid() {
        assertThat(Access.resolve(new Acl(List.of()), List.of())).isEmpty();
        assertThat(Access.resolve(only(new Identity("world", "somebody"), Permission.READ), List.of()))
                .isEmpty();
        assertThat(Access.resolve(only(new Identity("digest", "bob"), Permission.READ), List.of()))
                .isEmpty();
        assertThat(Access.resolve(only(new Identity("ip", "10.0.0/8"), Permission.READ), List.of()))
                .isEmpty();
        assertThat(Access.resolve(only(new Identity("ip", "10.0.0.0/33"), Permission.READ), List.of()))
                .isEmpty();
        assertThat(Access.resolve(only(new Identity("kerberos", "bob"), Permission.READ), List.of()))
                .isEmpty();
        assertThat(Access.resolve(Acl.OPEN, List.of())).contains(Acl.OPEN);
    }

    @Test
    void a_digest_is_not_printed() {
        assertThat(new Identity("digest", "bob:aGFzaA==").toString()).isEqualTo("digest:bob:...");
    }
}
