package dev.assent.rm.hibernate;

import org.hibernate.engine.transaction.jta.platform.spi.JtaPlatform;
import org.hibernate.engine.transaction.jta.platform.spi.JtaPlatformProvider;

/** Lets Hibernate find the platform by itself; registered in {@code META-INF/services}. */
public final class AssentJtaPlatformProvider implements JtaPlatformProvider {

    @Override
    public JtaPlatform getProvidedJtaPlatform() {
        return new AssentJtaPlatform();
    }
}
