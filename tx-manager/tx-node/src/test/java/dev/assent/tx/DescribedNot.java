package dev.assent.tx;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;

/** Classes outside a package. */
final class DescribedNot {
    private DescribedNot() {}

    static DescribedPredicate<JavaClass> in(String packages) {
        return DescribedPredicate.not(resideInAPackage(packages));
    }
}
