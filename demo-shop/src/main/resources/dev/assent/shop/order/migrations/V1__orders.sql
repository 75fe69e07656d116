-- status: created 0, payment failed 99, paid 100
create table goods_order (
    id           uuid        primary key,
    customer     text        not null,
    item         text        not null,
    quantity     integer     not null check (quantity > 0),
    amount_cents bigint      not null,
    status       integer     not null,
    reason       text,
    created_at   timestamptz not null default clock_timestamp()
);
-- The effect of an OrderPaid event: one point. More than one on a row means that an event took effect twice.
create table loyalty_point (
    order_id uuid    primary key,
    points   integer not null
);
