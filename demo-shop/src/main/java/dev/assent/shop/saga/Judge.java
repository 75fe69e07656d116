package dev.assent.shop.saga;

import dev.assent.saga.model.Direction;
import dev.assent.saga.model.SagaOutcome;
import dev.assent.saga.model.SagaRecord;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Says what is wrong with a saga, by its step log and the rows of its effects. */
final class Judge {
    private final List<Effects.Row> rows;
    private final List<Effects.Row> ledger;

    Judge(List<Effects.Row> rows, List<Effects.Row> ledger) {
        this.rows = List.copyOf(rows);
        this.ledger = List.copyOf(ledger);
    }

    /** Empty if nothing is. */
    List<String> faults(String saga, Optional<SagaRecord> record) {
        List<String> faults = new ArrayList<>();
        if (record.isEmpty()) {
            return List.of(saga + " was said to be started, and is nowhere");
        }
        Optional<SagaOutcome> outcome = record.get().progress().outcome();
        if (outcome.isEmpty()) {
            return List.of(saga + " is stuck: " + record.get());
        }
        List<Effects.Row> own =
                rows.stream().filter(row -> row.saga().equals(saga)).toList();
        for (List<String> stage : Trip.SHAPE) {
            for (String step : stage) {
                long acted = count(own, step, Direction.ACTION);
                long undone = count(own, step, Direction.COMPENSATION);
                boolean right = outcome.get() == SagaOutcome.COMPLETED
                        ? acted == 1 && undone == 0
                        : acted == undone && acted <= 1;
                if (!right) {
                    faults.add(saga + " is " + outcome.get() + ", but step " + step + " has had its effect " + acted
                            + " times and was undone " + undone + " times");
                }
            }
        }
        List<Effects.Row> booked =
                own.stream().filter(row -> row.step().equals(Trip.BOOK)).toList();
        List<Effects.Row> entered =
                ledger.stream().filter(row -> row.saga().equals(saga)).toList();
        if (!entered.equals(booked)) {
            faults.add(saga + " is booked as " + booked + ", and in the ledger as " + entered);
        }
        if (!isInOrder(own)) {
            faults.add(saga + " is out of order: " + own);
        }
        return faults;
    }

    private static long count(List<Effects.Row> own, String step, Direction direction) {
        return own.stream()
                .filter(row -> row.step().equals(step) && row.direction() == direction)
                .count();
    }

    /** Up through the stages, then down, and never up again. */
    private static boolean isInOrder(List<Effects.Row> own) {
        int last = 0;
        boolean back = false;
        for (Effects.Row row : own) {
            int stage = stageOf(row.step());
            boolean undoes = row.direction() == Direction.COMPENSATION;
            boolean isBehind = undoes ? back && stage > last : back || stage < last;
            if (isBehind) {
                return false;
            }
            back = undoes;
            last = stage;
        }
        return true;
    }

    private static int stageOf(String step) {
        for (int stage = 0; stage < Trip.SHAPE.size(); stage++) {
            if (Trip.SHAPE.get(stage).contains(step)) {
                return stage;
            }
        }
        throw new IllegalArgumentException("no step " + step);
    }
}
