package dev.assent.rm.spring;

import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;

/** Spring Boot's report of an application whose transactions would be none of ours. */
final class ForeignManagerFailureAnalyzer extends AbstractFailureAnalyzer<ForeignManagerException> {
    @Override
    protected FailureAnalysis analyze(Throwable rootFailure, ForeignManagerException cause) {
        return new FailureAnalysis(String.valueOf(cause.getMessage()), ForeignManagerException.remedy(), cause);
    }
}
