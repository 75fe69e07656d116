-- A payment is held (by a try), paid, refunded, failed (there was not enough money) or cancelled before it was made. The last two are kept so that
-- an event that comes late or twice finds them, also of customers that nobody has heard of.
alter table payment add column state text not null default 'paid'
    check (state in ('held', 'paid', 'refunded', 'failed', 'cancelled'));
alter table payment drop constraint payment_customer_fkey;
