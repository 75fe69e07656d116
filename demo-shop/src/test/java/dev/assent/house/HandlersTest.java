package dev.assent.house;

import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaMethod;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/**
 * Where a case must not be forgotten, a sealed family of messages has a nested {@code Handler}: one method a message,
 * which takes that message and nothing else.
 */
final class HandlersTest {
    private static boolean isHandler(JavaClass one) {
        return one.isInterface()
                && one.getSimpleName().equals("Handler")
                && one.getEnclosingClass().filter(JavaClass::isInterface).isPresent();
    }

    /** What is not of that shape, in words. */
    private static List<String> odd(Iterable<JavaClass> classes) {
        List<String> odd = new ArrayList<>();
        for (JavaClass handler : classes) {
            if (isHandler(handler)) {
                JavaClass family = handler.getEnclosingClass().orElseThrow();
                Set<JavaClass> taken = handler.getMethods().stream()
                        .filter(method -> method.getRawParameterTypes().size() == 1)
                        .map(method -> method.getRawParameterTypes().get(0))
                        .collect(Collectors.toSet());
                handler.getMethods().stream()
                        .filter(method -> method.getRawParameterTypes().size() != 1)
                        .forEach(method -> odd.add(method.getFullName() + " takes more than one message"));
                messages(family).stream()
                        .filter(message -> !taken.contains(message))
                        .forEach(
                                message -> odd.add(family.getName() + " has no method for " + message.getSimpleName()));
            }
        }
        return odd;
    }

    /** Records that are of the family itself, not of a family within it. */
    private static Set<JavaClass> messages(JavaClass family) {
        return family.getSubclasses().stream()
                .filter(message -> message.isRecord()
                        && family.equals(message.getEnclosingClass().orElse(null)))
                .collect(Collectors.toSet());
    }

    @Test
    void every_handler_has_one_method_for_each_message() {
        List<JavaClass> handlers = EveryModule.production().stream()
                .filter(HandlersTest::isHandler)
                .toList();

        assertThat(handlers).hasSizeGreaterThan(40);
        assertThat(odd(handlers)).isEmpty();
    }

    @Test
    void whoever_accepts_a_handler_is_asked_by_one_name() {
        List<String> others = EveryModule.production().stream()
                .flatMap(one -> one.getMethods().stream())
                .filter(method -> method.getRawParameterTypes().size() == 1
                        && isHandler(method.getRawParameterTypes().get(0))
                        && method.getRawParameterTypes()
                                .get(0)
                                .getEnclosingClass()
                                .equals(java.util.Optional.of(method.getOwner())))
                .filter(method -> !method.getName().equals("accept"))
                .map(JavaMethod::getFullName)
                .toList();

        assertThat(others).isEmpty();
    }

    @Test
    void a_message_that_its_handler_forgets_is_found() {
        assertThat(odd(EveryModule.planted()))
                .containsExactlyInAnyOrder(
                        "dev.assent.house.planted.Forgetful has no method for Forgotten",
                        "dev.assent.house.planted.Forgetful$Handler.both(dev.assent.house.planted.Forgetful$Told, int)"
                                + " takes more than one message",
                        "dev.assent.house.planted.Forgetful has no method for Told");
    }
}
