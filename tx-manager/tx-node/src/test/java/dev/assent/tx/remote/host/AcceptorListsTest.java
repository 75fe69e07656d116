package dev.assent.tx.remote.host;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import dev.assent.settings.Settings;
import dev.assent.tx.model.Authority;
import dev.assent.tx.model.ClusterId;
import dev.assent.tx.model.Decision;
import dev.assent.tx.model.EpochKey;
import dev.assent.tx.model.GlobalTxId;
import dev.assent.tx.model.ResourceName;
import dev.assent.tx.remote.GrpcSecurity;
import dev.assent.tx.remote.wire.AcceptorAt;
import dev.assent.tx.spi.Acceptors.Answer;
import dev.assent.tx.testing.Eventually;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Whom a node believes when it does not know who the acceptors of a transaction are. */
final class AcceptorListsTest {
    private static final GlobalTxId TRANSACTION = new GlobalTxId(
            new ClusterId(77), new EpochKey(Authority.PAXOS_3PC, 0, 0), 1, 1_000, new GlobalTxId.Unique(1, 2));
    private static final Optional<ResourceName.Hash> ORDERS = Optional.of(new ResourceName("orders").hash());

    @TempDir
    private Path folder;

    private final LyingAcceptor shop;
    private final LyingAcceptor thief;
    private NodeAcceptors node;

    @SuppressWarnings("NullAway.Init") // The node is opened before each test.
    AcceptorListsTest() throws Exception {
        shop = LyingAcceptor.start(1, GrpcSecurity.NONE);
        thief = LyingAcceptor.start(2, GrpcSecurity.NONE);
    }

    @BeforeEach
    void open() throws Exception {
        node = NodeAcceptors.open(folder, GrpcSecurity.NONE);
        attached(Map.of());
        shop.names(shop.at());
    }

    private void attached(Map<String, String> rules) throws Exception {
        node.attached(
                () -> List.of(
                        new AcceptorLists.Witness("shop", shop.entry()),
                        new AcceptorLists.Witness("thief", thief.entry())),
                AgentRules.read(Settings.of("rules", rules)));
    }

    @AfterEach
    void stop() {
        node.close();
        shop.close();
        thief.close();
    }

    private Answer terminated(Optional<ResourceName.Hash> preparedAt) throws Exception {
        return node.terminate(TRANSACTION, preparedAt).toCompletableFuture().get(60, TimeUnit.SECONDS);
    }

    @Test
    void services_that_name_different_acceptors_decide_nothing() throws Exception {
        thief.names(thief.at());

        Answer answer = terminated(ORDERS);

        assertThat(answer).isInstanceOfSatisfying(Answer.Undecided.class, undecided -> assertThat(undecided.why())
                .contains(
                        "shop says",
                        "thief says",
                        shop.entry().address(),
                        thief.entry().address()));
        assertThat(shop.asked() + thief.asked()).isZero();
    }

    @Test
    void who_names_acceptors_and_is_none_of_them_is_not_believed() throws Exception {
        AcceptorAt other =
                thief.at().toBuilder().setAcceptor(shop.at().getAcceptor()).build();
        thief.names(other);

        assertThat(terminated(ORDERS)).isEqualTo(new Answer.Chosen(Decision.COMMIT));
        assertThat(thief.asked()).isZero();
    }

    @Test
    void of_a_prepared_branch_only_services_are_asked_that_may_serve_its_resource() throws Exception {
        attached(Map.of("agents", "shop,thief", "agent.shop.resources", "orders", "agent.thief.resources", "loot"));
        thief.names(thief.at());

        assertThat(terminated(ORDERS)).isEqualTo(new Answer.Chosen(Decision.COMMIT));
        assertThat(thief.looked()).isZero();
    }

    @Test
    void who_knows_nothing_contradicts_nobody() throws Exception {
        assertThat(terminated(Optional.empty())).isEqualTo(new Answer.Chosen(Decision.COMMIT));
        assertThat(thief.looked()).isOne();
    }

    /** The first list is a liar's, whose majority never answers; it is gone when the true one comes. */
    @Test
    void who_is_asked_already_is_not_changed_for_others() throws Exception {
        shop.names();
        thief.names(thief.at(), at(7), at(8));
        CompletableFuture<Answer> first = node.terminate(TRANSACTION, ORDERS).toCompletableFuture();
        Eventually.soon("a run with the liar's list", () -> thief.asked() > 0);

        thief.names();
        shop.names(shop.at());

        assertThat(terminated(ORDERS))
                .isInstanceOfSatisfying(Answer.Undecided.class, undecided -> assertThat(undecided.why())
                        .contains("other acceptors of it are asked already"));
        assertThat(shop.asked()).isZero();
        first.cancel(true);
    }

    private static AcceptorAt at(int number) {
        return AcceptorAt.newBuilder()
                .setAcceptor(ByteString.copyFrom(
                        ByteBuffer.allocate(16).putInt(number).array()))
                .setAddress("127.0.0.1:1")
                .build();
    }
}
