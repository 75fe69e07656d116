package dev.assent.coordination;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaMethodCall;

/** Holds for {@code Map.of}, {@code Set.copyOf} and their like. */
final class CallsFactoryOf extends DescribedPredicate<JavaMethodCall> {
    private final Class<?> type;

    CallsFactoryOf(Class<?> type) {
        super(type.getSimpleName() + ".of or copyOf");
        this.type = type;
    }

    @Override
    public boolean test(JavaMethodCall call) {
        String name = call.getName();
        return call.getTargetOwner().isEquivalentTo(type)
                && (name.equals("of") || name.equals("copyOf") || name.equals("ofEntries"));
    }
}
