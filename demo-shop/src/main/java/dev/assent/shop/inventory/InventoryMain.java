package dev.assent.shop.inventory;

import dev.assent.shop.service.ShopConfiguration;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.context.annotation.Import;

/** The inventory service's process. */
@SpringBootApplication
@Import(ShopConfiguration.class)
public class InventoryMain {
    public static void main(String[] arguments) {
        SpringApplication.run(InventoryMain.class, arguments);
        System.out.println("inventory serves");
    }
}
