package dev.assent.coordination.tree;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

class HashTrieTest {

    /** Few distinct hashes, so that every depth and the lists of equal hashes are reached. */
    private record Word(String text, int hashBits) implements HashTrie.Entry<Word>, HashTrie.Probe<Word> {
        @Override
        public int trieHash() {
            int full = HashTrie.spread(text.hashCode());
            return hashBits == 32 ? full : (full & ((1 << hashBits) - 1)) * 0x0842_1085;
        }

        @Override
        public int compareKey(Word other) {
            return text.compareTo(other.text);
        }

        @Override
        public boolean matches(Word entry) {
            return text.equals(entry.text);
        }
    }

    @Test
    void holds_what_a_sorted_set_holds_after_any_changes() {
        for (int hashBits : new int[] {1, 3, 8, 32}) {
            Random random = new Random(hashBits);
            TreeSet<String> model = new TreeSet<>();
            HashTrie<Word> trie = HashTrie.empty();
            for (int step = 0; step < 3_000; step++) {
                Word word = new Word("w" + random.nextInt(200), hashBits);
                boolean removes = model.contains(word.text) && random.nextBoolean();
                if (removes) {
                    model.remove(word.text);
                    trie = trie.without(word);
                } else {
                    model.add(word.text);
                    trie = trie.with(word);
                }
                assertThat(trie.find(word) != null).isEqualTo(!removes);
                assertThat(trie.size()).isEqualTo(model.size());
            }
            assertThat(texts(trie)).containsExactlyInAnyOrderElementsOf(model);
        }
    }

    @Test
    void iterates_in_one_order_whatever_way_led_to_its_content() {
        for (int hashBits : new int[] {2, 6, 32}) {
            List<Word> words = new ArrayList<>();
            for (int i = 0; i < 300; i++) {
                words.add(new Word("w" + i, hashBits));
            }
            HashTrie<Word> straight = HashTrie.empty();
            for (Word word : words.subList(0, 150)) {
                straight = straight.with(word);
            }

            Collections.shuffle(words, new Random(hashBits));
            HashTrie<Word> detour = HashTrie.empty();
            for (Word word : words) {
                detour = detour.with(word);
            }
            for (Word word : words) {
                if (Integer.parseInt(word.text.substring(1)) >= 150) {
                    detour = detour.without(word);
                }
            }

            assertThat(texts(detour)).isEqualTo(texts(straight));
        }
    }

    @Test
    void many_that_go_at_once_leave_what_would_be_left_had_they_gone_one_after_the_other() {
        for (int hashBits : new int[] {1, 3, 8, 32}) {
            Random random = new Random(hashBits);
            for (int round = 0; round < 300; round++) {
                HashTrie<Word> trie = HashTrie.empty();
                HashTrie<Word> left = HashTrie.empty();
                List<Word> gone = new ArrayList<>();
                int oneIn = 1 + random.nextInt(10);
                for (int i = random.nextInt(300); i >= 0; i--) {
                    Word word = new Word("w" + i, hashBits);
                    trie = trie.with(word);
                    if (random.nextInt(10) < oneIn) {
                        gone.add(word);
                    } else {
                        left = left.with(word);
                    }
                }
                Collections.shuffle(gone, random);
                int before = trie.size();

                HashTrie<Word> result = trie.withoutAll(gone);

                assertThat(texts(result)).isEqualTo(texts(left));
                assertThat(result.size()).isEqualTo(left.size());
                assertThat(texts(trie)).hasSize(before);
                // Its shape is the same too: what is done next goes the same way.
                for (Word word : gone) {
                    result = result.with(word);
                }
                assertThat(texts(result)).isEqualTo(texts(trie));
            }
        }
    }

    @Test
    void what_is_not_there_cannot_go_with_others() {
        for (int hashBits : new int[] {1, 3, 8, 32}) {
            HashTrie<Word> trie = HashTrie.empty();
            for (int i = 0; i < 40; i++) {
                trie = trie.with(new Word("w" + i, hashBits));
            }
            HashTrie<Word> full = trie;
            List<Word> gone = List.of(new Word("w1", hashBits), new Word("w2", hashBits), new Word("x", hashBits));

            assertThatThrownBy(() -> full.withoutAll(gone)).isInstanceOf(RuntimeException.class);
        }
    }

    @Test
    void an_older_trie_keeps_its_content() {
        HashTrie<Word> older = HashTrie.<Word>empty().with(new Word("a", 32));

        HashTrie<Word> newer = older.with(new Word("b", 32)).without(new Word("a", 32));

        assertThat(texts(older)).containsExactly("a");
        assertThat(texts(newer)).containsExactly("b");
    }

    private static List<String> texts(HashTrie<Word> trie) {
        List<String> texts = new ArrayList<>();
        trie.forEach(word -> texts.add(word.text()));
        return texts;
    }
}
