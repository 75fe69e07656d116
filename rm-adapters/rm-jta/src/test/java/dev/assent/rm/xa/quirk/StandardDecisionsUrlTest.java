package dev.assent.rm.xa.quirk;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** How the database of a table of decisions is told to people. */
class StandardDecisionsUrlTest {
    @ParameterizedTest
    @CsvSource({
        "jdbc:mariadb://db:3306/shop?user=a&password=hush, jdbc:mariadb://db:3306/shop",
        "jdbc:derby:shop;user=a;password=hush, jdbc:derby:shop",
        "jdbc:oracle:thin:scott/hush@//db:1521/shop, jdbc:...@//db:1521/shop",
        "jdbc:mysql://a:hu@sh@db/shop, jdbc:...@db/shop",
        "jdbc:h2:mem:shop, jdbc:h2:mem:shop",
    })
    void its_address_is_told_without_user_and_password(String url, String told) {
        assertThat(StandardDecisions.shown(url)).isEqualTo(told);
    }
}
