package dev.assent.coordination.tree;

import static org.assertj.core.api.Assertions.assertThat;

import dev.assent.coordination.model.Acl;
import dev.assent.coordination.model.EventType;
import dev.assent.coordination.model.Payload;
import dev.assent.coordination.model.WatchSet;
import dev.assent.coordination.model.WriteOp;
import dev.assent.coordination.model.ZnodePath;
import java.util.EnumSet;
import java.util.List;
import org.junit.jupiter.api.Test;

class WatchesTest {
    private final Watches<String> watches = new Watches<>(3);

    private List<String> fire(EventType type, String path) {
        return watches.trigger(new Trigger(type, new ZnodePath(path), Acl.OPEN));
    }

    @Test
    void a_data_watch_fires_once_for_create_change_or_delete() {
        for (EventType type : List.of(EventType.NODE_CREATED, EventType.NODE_DATA_CHANGED, EventType.NODE_DELETED)) {
            watches.add("c", "/a", WatchMode.DATA);

            assertThat(fire(EventType.NODE_CHILDREN_CHANGED, "/a")).isEmpty();
            assertThat(fire(type, "/a")).containsExactly("c");
            assertThat(fire(type, "/a")).isEmpty();
        }
        assertThat(watches.count()).isZero();
    }

    @Test
    void a_child_watch_fires_once_for_children_or_the_deletion_of_their_parent() {
        watches.add("c", "/a", WatchMode.CHILD);
        assertThat(fire(EventType.NODE_DATA_CHANGED, "/a")).isEmpty();
        assertThat(fire(EventType.NODE_CHILDREN_CHANGED, "/a")).containsExactly("c");

        watches.add("c", "/a", WatchMode.CHILD);
        assertThat(fire(EventType.NODE_DELETED, "/a")).containsExactly("c");
        assertThat(fire(EventType.NODE_DELETED, "/a")).isEmpty();
    }

    @Test
    void a_deletion_is_told_once_to_who_watches_both_data_and_children() {
        watches.add("c", "/a", WatchMode.DATA);
        watches.add("c", "/a", WatchMode.CHILD);

        assertThat(fire(EventType.NODE_DELETED, "/a")).containsExactly("c");
        assertThat(watches.count("c")).isZero();
    }

    @Test
    void watchers_are_told_in_the_order_in_which_they_came() {
        for (String watcher : List.of("z", "a", "m")) {
            watches.add(watcher, "/a", WatchMode.DATA);
        }
        assertThat(watches.countAt("/a")).isEqualTo(3);
        assertThat(watches.someAt("/a", 2)).containsExactly("z", "a");
        assertThat(watches.countAt("/b")).isZero();

        assertThat(fire(EventType.NODE_DATA_CHANGED, "/a")).containsExactly("z", "a", "m");
    }

    @Test
    void a_persistent_watch_stays_and_sees_children_and_data() {
        watches.add("c", "/a", WatchMode.PERSISTENT);
        for (int round = 0; round < 2; round++) {
            for (EventType type : EventType.values()) {
                assertThat(fire(type, "/a")).containsExactly("c");
            }
        }
        assertThat(fire(EventType.NODE_CREATED, "/a/b")).isEmpty();
    }

    @Test
    void a_recursive_watch_sees_all_below_but_no_children_changed() {
        watches.add("c", "/a", WatchMode.PERSISTENT_RECURSIVE);
        watches.add("r", "/", WatchMode.PERSISTENT_RECURSIVE);

        assertThat(fire(EventType.NODE_CREATED, "/a/b/c")).containsExactly("c", "r");
        assertThat(fire(EventType.NODE_DELETED, "/a")).containsExactly("c", "r");
        assertThat(fire(EventType.NODE_CREATED, "/ab")).containsExactly("r");
        assertThat(fire(EventType.NODE_CHILDREN_CHANGED, "/a")).isEmpty();

        assertThat(watches.remove("r", "/", EnumSet.allOf(WatchMode.class))).isTrue();
        assertThat(fire(EventType.NODE_CREATED, "/ab")).isEmpty();
    }

    @Test
    void removing_says_whether_there_was_one_and_leaves_the_others() {
        watches.add("c", "/a", WatchMode.DATA);
        watches.add("c", "/a", WatchMode.CHILD);

        assertThat(watches.remove("c", "/b", EnumSet.of(WatchMode.DATA))).isFalse();
        assertThat(watches.remove("c", "/a", EnumSet.of(WatchMode.DATA))).isTrue();
        assertThat(watches.contains("c", "/a", EnumSet.of(WatchMode.DATA))).isFalse();
        assertThat(fire(EventType.NODE_CHILDREN_CHANGED, "/a")).containsExactly("c");
    }

    @Test
    void a_watcher_that_is_gone_is_told_nothing_and_leaves_nothing_behind() {
        watches.add("c", "/a", WatchMode.DATA);
        watches.add("c", "/", WatchMode.PERSISTENT_RECURSIVE);
        watches.add("d", "/a", WatchMode.DATA);

        watches.removeAll("c");

        assertThat(fire(EventType.NODE_DATA_CHANGED, "/a")).containsExactly("d");
        assertThat(watches.count()).isZero();
    }

    @Test
    void a_watcher_has_a_limited_number_of_paths() {
        for (String path : List.of("/1", "/2", "/3")) {
            assertThat(watches.add("c", path, WatchMode.DATA)).isTrue();
        }
        assertThat(watches.add("c", "/4", WatchMode.DATA)).isFalse();
        assertThat(watches.add("c", "/3", WatchMode.CHILD)).isTrue();
        assertThat(watches.add("d", "/4", WatchMode.DATA)).isTrue();
    }

    @Test
    void watches_brought_along_on_reconnect_report_what_was_missed_and_keep_the_rest() {
        Watches<String> roomy = new Watches<>(100);
        History history = new History();
        history.write(new WriteOp.Create("/old", null, Acl.OPEN, 0));
        history.write(new WriteOp.Create("/parent", null, Acl.OPEN, 0));
        long seen = history.tree().zxid().value();
        history.write(new WriteOp.SetData("/old", Payload.EMPTY, -1));
        history.write(new WriteOp.Create("/parent/new", null, Acl.OPEN, 0));

        var missed = roomy.restore(
                "c",
                new WatchSet(
                        seen,
                        List.of("/old", "/parent", "/gone"),
                        List.of("/parent/new", "/never"),
                        List.of("/parent", "/old", "/lost"),
                        List.of("/p"),
                        List.of("/r")),
                history.tree());

        assertThat(missed)
                .hasValue(List.of(
                        new Watches.Missed(EventType.NODE_DATA_CHANGED, "/old"),
                        new Watches.Missed(EventType.NODE_DELETED, "/gone"),
                        new Watches.Missed(EventType.NODE_CREATED, "/parent/new"),
                        new Watches.Missed(EventType.NODE_CHILDREN_CHANGED, "/parent"),
                        new Watches.Missed(EventType.NODE_DELETED, "/lost")));
        assertThat(roomy.contains("c", "/parent", EnumSet.of(WatchMode.DATA))).isTrue();
        assertThat(roomy.contains("c", "/never", EnumSet.of(WatchMode.DATA))).isTrue();
        assertThat(roomy.contains("c", "/old", EnumSet.of(WatchMode.CHILD))).isTrue();
        assertThat(roomy.contains("c", "/p", EnumSet.of(WatchMode.PERSISTENT))).isTrue();
        assertThat(roomy.contains("c", "/r", EnumSet.of(WatchMode.PERSISTENT_RECURSIVE)))
                .isTrue();
        assertThat(roomy.count("c")).isEqualTo(5);
    }
}
