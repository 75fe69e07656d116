package dev.assent.outbox.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.assent.outbox.model.TopicState;
import dev.assent.outbox.policy.TopicBook;
import java.lang.reflect.Proxy;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.Config;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.DescribeConfigsResult;
import org.apache.kafka.clients.admin.DescribeTopicsResult;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.Node;
import org.apache.kafka.common.TopicPartitionInfo;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.errors.InvalidTopicException;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.errors.TopicAuthorizationException;
import org.apache.kafka.common.errors.UnknownServerException;
import org.apache.kafka.common.internals.KafkaFutureImpl;
import org.junit.jupiter.api.Test;

/** A broker that answers about each topic as it likes: each is judged by its own answer. */
final class AdminInquiryTest {
    private static final Node NODE = new Node(1, "localhost", 9092);

    private final Map<String, KafkaFuture<TopicDescription>> descriptions = new TreeMap<>();
    private final Map<String, KafkaFuture<Config>> settings = new TreeMap<>();
    private final AdminInquiry inquiry = new AdminInquiry(this::broker, false);

    private Admin broker() {
        Map<String, Function<Object[], Object>> calls = Map.of(
                "describeTopics", arguments -> new DescribeTopicsResult(null, descriptions) {},
                "describeConfigs", arguments -> new DescribeConfigsResult(configs((Collection<?>) arguments[0])) {});
        return (Admin) Proxy.newProxyInstance(
                Admin.class.getClassLoader(), new Class<?>[] {Admin.class}, (proxy, method, arguments) -> {
                    Function<Object[], Object> call = calls.get(method.getName());
                    if (call == null) {
                        throw new UnsupportedOperationException(method.getName());
                    }
                    return call.apply(arguments);
                });
    }

    private Map<ConfigResource, KafkaFuture<Config>> configs(Collection<?> asked) {
        return asked.stream()
                .map(ConfigResource.class::cast)
                .collect(Collectors.toMap(
                        Function.identity(),
                        resource -> settings.getOrDefault(
                                resource.name(), failed(new UnknownServerException("no settings")))));
    }

    private static <T> KafkaFuture<T> failed(Throwable failure) {
        KafkaFutureImpl<T> future = new KafkaFutureImpl<>();
        future.completeExceptionally(failure);
        return future;
    }

    private static KafkaFuture<TopicDescription> inSync(String topic, int replicas) {
        List<Node> nodes = List.of(NODE, new Node(2, "localhost", 9093), new Node(3, "localhost", 9094));
        return KafkaFuture.completedFuture(new TopicDescription(
                topic, false, List.of(new TopicPartitionInfo(0, NODE, nodes, nodes.subList(0, replicas)))));
    }

    private static KafkaFuture<Config> inSyncMin(int replicas) {
        return KafkaFuture.completedFuture(
                new Config(List.of(new ConfigEntry("min.insync.replicas", Integer.toString(replicas)))));
    }

    private SortedMap<String, TopicBook.Answer> ask() throws Exception {
        return inquiry.ask(new TreeSet<>(descriptions.keySet()));
    }

    private static TopicBook.Answer answer(SortedMap<String, TopicBook.Answer> answers, String topic) {
        return Optional.ofNullable(answers.get(topic)).orElseThrow();
    }

    private static String closedBecause(TopicBook.Answer answer) {
        assertThat(answer.state()).isInstanceOf(TopicState.Closed.class);
        return ((TopicState.Closed) answer.state()).reason();
    }

    @Test
    void a_topic_that_is_answered_oddly_or_not_at_all_keeps_no_other_unknown() throws Exception {
        descriptions.put("a-odd", failed(new UnknownServerException("a bug of the broker's")));
        descriptions.put("b-silent", new KafkaFutureImpl<>());
        descriptions.put("c-timed-out", failed(new TimeoutException("too late")));
        descriptions.put("d-hidden", failed(new TopicAuthorizationException("d-hidden")));
        descriptions.put("e-misnamed", failed(new InvalidTopicException("bad name")));
        descriptions.put("g-well", inSync("g-well", 1));

        SortedMap<String, TopicBook.Answer> answers = ask();

        assertThat(answers.keySet()).containsExactly("a-odd", "d-hidden", "e-misnamed", "g-well");
        assertThat(answer(answers, "g-well").state()).isEqualTo(new TopicState.Open());
        assertThat(answer(answers, "a-odd").isSure()).isFalse();
        assertThat(closedBecause(answer(answers, "a-odd")))
                .contains("a-odd", "UnknownServerException: a bug of the broker's");
        assertThat(closedBecause(answer(answers, "d-hidden"))).contains("allow its user DESCRIBE and WRITE");
        assertThat(closedBecause(answer(answers, "e-misnamed"))).contains("a name that Kafka does not take");
    }

    @Test
    void a_topic_with_fewer_replicas_in_sync_than_it_needs_is_closed() throws Exception {
        descriptions.put("enough", inSync("enough", 2));
        descriptions.put("too-few", inSync("too-few", 1));
        settings.put("enough", inSyncMin(2));
        settings.put("too-few", inSyncMin(2));

        SortedMap<String, TopicBook.Answer> answers = ask();

        assertThat(answer(answers, "enough").state()).isEqualTo(new TopicState.Open());
        assertThat(closedBecause(answer(answers, "too-few"))).contains("partition 0 has 1", "min.insync.replicas is 2");
    }

    @Test
    void a_broker_that_answers_about_no_topic_is_away() {
        descriptions.put("a", failed(new TimeoutException("too late")));
        descriptions.put("b", failed(new TimeoutException("too late")));

        assertThatThrownBy(this::ask)
                .isInstanceOf(TopicDirectory.InquiryFailedException.class)
                .hasMessageContaining("too late");
    }
}
