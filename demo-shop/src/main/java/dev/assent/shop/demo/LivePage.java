package dev.assent.shop.demo;

import dev.assent.shop.page.Order;
import dev.assent.shop.page.PageSource;
import dev.assent.shop.page.Picture;
import dev.assent.shop.page.Told;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The demo as its page shows it: first its start, then the shop that came of it. Thread-safe. */
final class LivePage implements PageSource {
    private static final String FIRST_STEP = "ports and certificates";

    private final long beganNanos = System.nanoTime();
    private final boolean hands;
    private final News news = new News();
    private volatile @Nullable LiveShop live;

    /** {@code hands}: whether whoever looks may act. */
    LivePage(boolean hands) {
        this.hands = hands;
    }

    /** It is known what is started. */
    void shows(LiveShop shop) {
        live = shop;
    }

    News news() {
        return news;
    }

    private long millis() {
        return (System.nanoTime() - beganNanos) / 1_000_000;
    }

    @Override
    public Picture picture() {
        LiveShop present = live;
        return present == null ? first() : present.picture(hands, millis(), news.lines());
    }

    private Picture first() {
        return new Picture(
                false,
                hands,
                millis(),
                List.of(new Picture.Step(FIRST_STEP, Picture.Progress.DOING, "", millis())),
                List.of(),
                new Picture.Traffic(0, Crowd.CUSTOMERS_MAX, 0, 0, 0, 0, List.of()),
                new Picture.Shop(List.of(), List.of(), List.of(), List.of()),
                List.of(),
                List.of(),
                new Picture.Drills(List.of(), Optional.empty()),
                news.lines());
    }

    @Override
    public Told act(Order order) throws InterruptedException {
        LiveShop present = live;
        if (present == null || !present.isOpen()) {
            return new Told(Told.Result.REFUSED, "The shop is not open yet.");
        }
        if (!hands) {
            return new Told(Told.Result.REFUSED, "This run is judged by its numbers: one can only look.");
        }
        return present.act(order);
    }
}
