package dev.assent.rm.spring;

import dev.assent.rm.tcc.ArgumentCodec;
import dev.assent.rm.tcc.Arguments;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.springframework.util.ReflectionUtils;

/**
 * The three methods of a participant, checked.
 *
 * @param attempt the annotated one
 */
record ParticipantMethods(
        TwoPhaseParticipant said,
        Method attempt,
        Method confirm,
        Method cancel,
        ArgumentCodec<@Nullable Object[]> codec) {

    /** @throws IllegalStateException the methods cannot be a participant; the message says why, and what would do */
    static ParticipantMethods of(Class<?> type, Method attempt, TwoPhaseParticipant said) {
        int modifiers = attempt.getModifiers();
        if (Modifier.isPrivate(modifiers) || Modifier.isStatic(modifiers) || Modifier.isFinal(modifiers)) {
            throw wrong(attempt, "it is private, static or final, so that calls of it cannot be seen. Make it public");
        }
        if (Modifier.isFinal(type.getModifiers())) {
            throw wrong(attempt, "its class is final, so that calls of it cannot be seen. Make the class open");
        }
        return new ParticipantMethods(
                said,
                attempt,
                other(type, attempt, "confirm", said.confirm()),
                other(type, attempt, "cancel", said.cancel()),
                codec(attempt));
    }

    private static Method other(Class<?> type, Method attempt, String role, String name) {
        Method found = ReflectionUtils.findMethod(type, name, attempt.getParameterTypes());
        String wanted = "void " + name + "(" + parameters(attempt) + ")";
        if (found == null) {
            String there = Arrays.stream(ReflectionUtils.getAllDeclaredMethods(type))
                    .filter(method -> method.getName().equals(name))
                    .map(method -> name + "(" + parameters(method) + ")")
                    .distinct()
                    .collect(Collectors.joining(", "));
            throw wrong(
                    attempt,
                    role + "=\"" + name + "\" names no method with the same parameters: there is to be " + wanted
                            + (there.isEmpty() ? "" : "; there is " + there));
        }
        if (found.getReturnType() != void.class) {
            throw wrong(
                    attempt, role + "=\"" + name + "\" returns something, which nobody would see: make it " + wanted);
        }
        if (found.isAnnotationPresent(TwoPhaseParticipant.class)) {
            throw wrong(attempt, role + "=\"" + name + "\" is a try itself");
        }
        ReflectionUtils.makeAccessible(found);
        return found;
    }

    private static ArgumentCodec<@Nullable Object[]> codec(Method attempt) {
        try {
            return Arguments.ofParameters(List.of(attempt.getGenericParameterTypes()));
        } catch (IllegalArgumentException unkept) {
            throw wrong(attempt, String.valueOf(unkept.getMessage()));
        }
    }

    private static String parameters(Method method) {
        return Arrays.stream(method.getParameterTypes())
                .map(Class::getSimpleName)
                .collect(Collectors.joining(", "));
    }

    private static IllegalStateException wrong(Method attempt, String why) {
        return new IllegalStateException("@TwoPhaseParticipant on "
                + attempt.getDeclaringClass().getSimpleName() + "." + attempt.getName() + "("
                + parameters(attempt) + ") cannot work: " + why);
    }
}
