package dev.assent.tx.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class GlobalTxIdTest {
    private static final ClusterId HERE = new ClusterId(0x0123456789ABCDEFL);
    private static final GlobalTxId ID = new GlobalTxId(
            HERE, new EpochKey(Authority.EMBEDDED_2PC, 3, 77), 0, 1_700_000_000_000L, new GlobalTxId.Unique(-5, 9));
    private static final BranchName BRANCH = new BranchName(new ResourceName("orders").hash(), 2, 77);

    @Test
    void bytes_read_back_as_the_same_id() {
        SplittableRandom random = new SplittableRandom(11);
        for (int round = 0; round < 1_000; round++) {
            Authority authority = random.nextBoolean() ? Authority.EMBEDDED_2PC : Authority.SHARD_2PC;
            GlobalTxId id = new GlobalTxId(
                    new ClusterId(random.nextLong()),
                    new EpochKey(authority, random.nextInt(65_536), random.nextLong(Long.MAX_VALUE)),
                    random.nextInt(Integer.MAX_VALUE),
                    random.nextLong(),
                    new GlobalTxId.Unique(random.nextLong(), random.nextLong()));

            if (random.nextBoolean()) {
                id = id.decidedIn(new ResourceName.Hash(random.nextLong()));
            }

            assertThat(GlobalTxId.fromBytes(id.toBytes())).isEqualTo(id);
            assertThat(GlobalTxId.fromHex(id.toHex())).isEqualTo(id);
            assertThat(TransactionToken.parse(TransactionToken.format(id))).isEqualTo(id);
        }
    }

    @Test
    void a_gtrid_and_a_bqual_fit_what_xa_allows() {
        assertThat(ID.toBytes()).hasSizeLessThanOrEqualTo(64);
        assertThat(ID.decidedIn(BRANCH.resource()).toBytes()).hasSizeLessThanOrEqualTo(64);
        assertThat(BRANCH.toBytes()).hasSizeLessThanOrEqualTo(64);
        assertThat(TransactionToken.format(ID)).matches("[A-Za-z0-9_-]{1,256}");
    }

    @Test
    void broken_bytes_are_refused_and_the_part_is_named() {
        byte[] wrongVersion = ID.toBytes();
        wrongVersion[0] = 9;
        byte[] wrongAuthority = ID.toBytes();
        wrongAuthority[9] = 77;

        assertThatThrownBy(() -> GlobalTxId.fromBytes(new byte[3])).hasMessageContaining("48 or 56 bytes");
        assertThatThrownBy(() -> GlobalTxId.fromBytes(wrongVersion)).hasMessageContaining("version 9");
        assertThatThrownBy(() -> GlobalTxId.fromBytes(wrongAuthority)).hasMessageContaining("authority 77");
    }

    @Test
    void only_an_id_of_a_commit_point_names_one() {
        byte[] cut = Arrays.copyOf(ID.decidedIn(BRANCH.resource()).toBytes(), GlobalTxId.BYTES);
        byte[] longer = Arrays.copyOf(ID.toBytes(), GlobalTxId.BYTES_MAX);

        assertThatThrownBy(() -> GlobalTxId.fromBytes(cut)).hasMessageContaining("commit point");
        assertThatThrownBy(() -> GlobalTxId.fromBytes(longer)).hasMessageContaining("commit point");
    }

    @Test
    void a_token_with_any_character_changed_is_refused() {
        String token = TransactionToken.format(ID);
        for (int place = 0; place < token.length(); place++) {
            char other = token.charAt(place) == 'A' ? 'B' : 'A';
            String forged = token.substring(0, place) + other + token.substring(place + 1);

            assertThatThrownBy(() -> TransactionToken.parse(forged)).isInstanceOf(IllegalArgumentException.class);
        }
    }

    @Test
    void tokens_that_are_not_tokens_are_refused_with_the_reason() {
        assertThatThrownBy(() -> TransactionToken.parse("")).hasMessageContaining("must begin with");
        assertThatThrownBy(() -> TransactionToken.parse("at1-***")).hasMessageContaining("base64url");
        assertThatThrownBy(() -> TransactionToken.parse("at1-AAAA")).hasMessageContaining("cut short");
        assertThatThrownBy(() -> TransactionToken.parse("at1-" + "A".repeat(500)))
                .hasMessageContaining("too long");
    }

    @Test
    void a_branch_of_this_cluster_is_ours_and_every_other_is_not() {
        BranchId xid = BRANCH.in(ID);
        BranchId strange = new BranchId(131_077, xid.gtrid(), xid.bqual());
        BranchId longer = new BranchId(BranchId.FORMAT_ID, new byte[49], xid.bqual());

        assertThat(ParsedBranch.of(xid, HERE)).isEqualTo(new ParsedBranch.Ours(ID, BRANCH, xid));
        assertThat(ParsedBranch.of(xid, new ClusterId(0x0123456789ABCDEEL)))
                .isEqualTo(new ParsedBranch.OtherCluster(HERE));
        assertThat(ParsedBranch.of(strange, HERE)).isInstanceOf(ParsedBranch.Foreign.class);
        assertThat(ParsedBranch.of(longer, HERE)).isInstanceOf(ParsedBranch.Foreign.class);
    }

    @Test
    void a_resource_name_with_anything_odd_in_it_is_refused() {
        assertThatThrownBy(() -> new ResourceName("a/b")).hasMessageContaining("'a/b'");
        assertThatThrownBy(() -> new ResourceName("")).isInstanceOf(IllegalArgumentException.class);
        assertThat(new ResourceName("orders").hash()).isNotEqualTo(new ResourceName("Orders").hash());
        for (char odd : "/:@[`{ ,\n\u00e9\u0660".toCharArray()) { // next to what is allowed, and letters of others
            assertThatThrownBy(() -> new ResourceName("a" + odd)).isInstanceOf(IllegalArgumentException.class);
        }
        String longest = "azAZ09._-".repeat(8).substring(0, 64);
        assertThat(new ResourceName(longest)).isEqualTo(new ResourceName(longest));
        assertThatThrownBy(() -> new ResourceName(longest + "a")).isInstanceOf(IllegalArgumentException.class);
    }

    /** Branches carry it, so it is the same for ever. */
    @Test
    void a_resource_name_hashes_to_the_beginning_of_its_sha_256() {
        assertThat(new ResourceName("orders").hash()).hasToString("1c168adb00d208e4");
    }
}
