-- status: shipped 10, stopped 20
create table shipment (
    order_id   uuid        primary key,
    customer   text        not null,
    item       text        not null,
    quantity   integer     not null,
    status     integer     not null,
    created_at timestamptz not null default clock_timestamp()
);
