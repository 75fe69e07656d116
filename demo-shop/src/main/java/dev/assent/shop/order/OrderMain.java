package dev.assent.shop.order;

import dev.assent.shop.service.ShopConfiguration;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.context.annotation.Import;

/** The order service's process. */
@SpringBootApplication
@Import(ShopConfiguration.class)
public class OrderMain {
    public static void main(String[] arguments) {
        SpringApplication.run(OrderMain.class, arguments);
        System.out.println("order serves");
    }
}
