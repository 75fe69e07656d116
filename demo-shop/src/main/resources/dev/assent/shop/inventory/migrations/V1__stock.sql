create table stock (
    item        text    primary key,
    price_cents bigint  not null,
    initial     integer not null,
    available   integer not null check (available >= 0)
);
create table reservation (
    order_id uuid    primary key,
    item     text    not null references stock,
    quantity integer not null check (quantity > 0)
);
