create table account (
    customer      text   primary key,
    initial_cents bigint not null,
    balance_cents bigint not null check (balance_cents >= 0)
);
create table payment (
    order_id     uuid   primary key,
    customer     text   not null references account,
    amount_cents bigint not null
);
