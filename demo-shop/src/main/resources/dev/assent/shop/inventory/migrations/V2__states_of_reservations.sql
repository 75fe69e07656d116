-- A reservation is held (by a try), reserved, returned (refunded), released (cancelled, or not paid) or refused (there was not enough). The last
-- two are kept so that an event that comes late or twice finds them, also of items that nobody has heard of.
alter table reservation add column state text not null default 'reserved'
    check (state in ('held', 'reserved', 'returned', 'released', 'refused'));
alter table reservation drop constraint reservation_item_fkey;
