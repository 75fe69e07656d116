-- status: cancelled 98, refunded 110 as well
alter table goods_order add column flow text not null default 'strong';
create index goods_order_latest on goods_order (created_at desc);
create index goods_order_unpaid on goods_order (created_at) where status = 0;
