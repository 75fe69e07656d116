-- What SagaGuard.CREATE_TABLE says: which steps of sagas have had their effects here.
create table assent_saga_guard (
    saga      varchar(64) not null,
    step      varchar(40) not null,
    direction varchar(12) not null,
    result    varchar(8192),
    made_at   timestamp   not null,
    primary key (saga, step, direction)
);
