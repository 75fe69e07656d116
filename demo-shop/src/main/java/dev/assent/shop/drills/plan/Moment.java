package dev.assent.shop.drills.plan;

/** When, in the life of a transaction, a fault comes. */
public enum Moment {
    ANY("at any moment"),
    AFTER_PREPARE("when every branch is prepared and no decision is made"),
    AFTER_DECISION("when COMMIT is decided and no branch has been committed"),
    BETWEEN_COMMITS("when some branches are committed and one is prepared");

    private final String text;

    Moment(String text) {
        this.text = text;
    }

    public String text() {
        return text;
    }
}
