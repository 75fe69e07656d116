package dev.assent.rm.spring;

import org.jspecify.annotations.Nullable;
import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;

/** Spring Boot's report of a start that found no store, no coordinator node or not the artifact for it. */
final class ServiceAwayFailureAnalyzer extends AbstractFailureAnalyzer<ServiceAwayException> {
    @Override
    protected @Nullable FailureAnalysis analyze(Throwable rootFailure, ServiceAwayException cause) {
        return new FailureAnalysis(
                "Nothing can decide transactions: " + cause.getMessage(),
                cause.remedy() + " The setting is " + cause.setting() + ".",
                cause);
    }
}
