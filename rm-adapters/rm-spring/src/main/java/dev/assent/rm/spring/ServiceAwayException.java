package dev.assent.rm.spring;

import dev.assent.tx.api.TransactionServiceException;

/** The start found nobody who could decide transactions where a setting says that somebody is. */
final class ServiceAwayException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final String setting;
    private final String remedy;

    ServiceAwayException(String setting, String remedy, TransactionServiceException cause) {
        super(cause.getMessage(), cause);
        this.setting = setting;
        this.remedy = remedy;
    }

    /** The class path has not what the setting asks for. */
    ServiceAwayException(String setting, String artifact) {
        super(artifact + " is not on the class path");
        this.setting = setting;
        this.remedy = "Add that artifact to the project.";
    }

    /** The key of the setting that says where. */
    String setting() {
        return setting;
    }

    String remedy() {
        return remedy;
    }
}
