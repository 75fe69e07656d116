package dev.assent.coordination.net.secure;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.channel.Channel;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.util.concurrent.Future;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class NewcomersTest {
    private final List<Channel> displaced = new ArrayList<>();
    private final Newcomers newcomers = new Newcomers(2, displaced::add);

    private EmbeddedChannel enter() {
        EmbeddedChannel channel = new EmbeddedChannel();
        newcomers.entered(channel);
        return channel;
    }

    @Test
    void one_too_many_displaces_the_one_that_has_been_silent_for_longest() {
        EmbeddedChannel first = enter();
        EmbeddedChannel second = enter();
        EmbeddedChannel third = enter();

        assertThat(displaced).containsExactly(first);
        assertThat(first.isOpen()).isFalse();
        assertThat(second.isOpen()).isTrue();
        assertThat(third.isOpen()).isTrue();
        assertThat(newcomers.count()).isEqualTo(2);
    }

    @Test
    void who_has_said_whose_it_is_is_never_displaced() {
        EmbeddedChannel known = enter();
        newcomers.known(known);
        enter();
        enter();
        enter();

        assertThat(known.isOpen()).isTrue();
        assertThat(displaced).hasSize(1);
    }

    @Test
    void who_is_gone_takes_up_no_place() {
        for (int i = 0; i < 10; i++) {
            Future<?> unused = enter().close();
        }

        assertThat(newcomers.count()).isZero();
        assertThat(displaced).isEmpty();
    }
}
