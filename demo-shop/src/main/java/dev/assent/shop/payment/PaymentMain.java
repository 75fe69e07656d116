package dev.assent.shop.payment;

import dev.assent.shop.service.ShopConfiguration;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.context.annotation.Import;

/** The payment service's process. */
@SpringBootApplication
@Import(ShopConfiguration.class)
public class PaymentMain {
    public static void main(String[] arguments) {
        SpringApplication.run(PaymentMain.class, arguments);
        System.out.println("payment serves");
    }
}
