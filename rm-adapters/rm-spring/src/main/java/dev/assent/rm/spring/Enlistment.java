package dev.assent.rm.spring;

import dev.assent.rm.jdbc.DataSources;
import java.util.Collection;
import java.util.Optional;
import javax.sql.DataSource;
import org.springframework.aop.framework.AopProxyUtils;
import org.springframework.jdbc.datasource.DelegatingDataSource;
import org.springframework.jdbc.datasource.lookup.AbstractRoutingDataSource;
import org.springframework.util.ClassUtils;

/** Whether a data source, or all that it hands out connections of, takes part in global transactions. */
final class Enlistment {
    /** The pool, and our artifact for it: an application may have the one without the other. */
    private static final boolean AGROAL =
            isPresent("io.agroal.api.AgroalDataSource") && isPresent("dev.assent.rm.jdbc.DataSources");

    private static final boolean SPRING_JDBC = isPresent("org.springframework.jdbc.datasource.DelegatingDataSource");

    private Enlistment() {}

    private static boolean isPresent(String library) {
        return ClassUtils.isPresent(library, Enlistment.class.getClassLoader());
    }

    static boolean takesPart(DataSource source) {
        if (AGROAL && Pools.takesPart(source)) {
            return true;
        }
        if (AopProxyUtils.getSingletonTarget(source) instanceof DataSource behind) {
            return takesPart(behind);
        }
        return SPRING_JDBC && Wrappers.takesPart(source);
    }

    /** Loaded only where Agroal and its adapter are. */
    private static final class Pools {
        static boolean takesPart(DataSource source) {
            return DataSources.takesPart(source);
        }
    }

    /** Loaded only where spring-jdbc is. */
    private static final class Wrappers {
        static boolean takesPart(DataSource source) {
            if (source instanceof DelegatingDataSource wrapper) {
                return Optional.ofNullable(wrapper.getTargetDataSource())
                        .map(Enlistment::takesPart)
                        .orElse(false);
            }
            if (source instanceof AbstractRoutingDataSource router) {
                Collection<DataSource> routes = router.getResolvedDataSources().values();
                return !routes.isEmpty() && routes.stream().allMatch(Enlistment::takesPart);
            }
            return false;
        }
    }
}
