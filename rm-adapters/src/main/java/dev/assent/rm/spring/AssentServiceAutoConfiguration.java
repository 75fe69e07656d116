package dev.assent.rm.spring;

import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.context.properties.EnableConfigurationProperties;

/** The transaction service that the settings ask for, unless the application has one of its own. */
@AutoConfiguration
@EnableConfigurationProperties(AssentProperties.class)
public class AssentServiceAutoConfiguration {}
