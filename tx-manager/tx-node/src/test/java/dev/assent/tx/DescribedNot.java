package dev.assent.tx;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;

/** Classes outside some packages. */
final class DescribedNot {
    private DescribedNot() {}

    static DescribedPredicate<JavaClass> in(String... packages) {
        return DescribedPredicate.not(resideInAnyPackage(packages));
    }
}
