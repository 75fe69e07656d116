package dev.assent.rm.spring;

/** Transactions are set up, and {@code @Transactional} would not lead to them. */
final class ForeignManagerException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /** @param managers the beans that are there instead, for people */
    ForeignManagerException(String managers) {
        super("what @Transactional begins would be no global transaction, and every pool would commit by itself: the"
                + " only transaction managers of this application know nothing of Assent: " + managers);
    }

    static String remedy() {
        return "Remove them: Spring's JtaTransactionManager over Assent is then made by itself. If one of them is meant"
                + " for work that stays out of global transactions, add\n\n    @Bean @Primary JtaTransactionManager"
                + " transactionManager(AssentTransactions transactions) {\n        return new"
                + " JtaTransactionManager(transactions, transactions);\n    }\n\nand name the other one where it is"
                + " meant: @Transactional(\"itsBeanName\").";
    }
}
