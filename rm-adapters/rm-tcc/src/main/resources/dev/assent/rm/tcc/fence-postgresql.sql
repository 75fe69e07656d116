create table if not exists assent_tcc_fence (
  branch varchar(260) primary key,
  participant varchar(64) not null,
  state varchar(10) not null check (state in ('TRIED', 'CONFIRMED', 'CANCELLED')),
  arguments bytea not null,
  horizon timestamptz not null,
  changed_at timestamptz not null default now(),
  failures int not null default 0,
  last_failure varchar(500)
);
create index if not exists assent_tcc_fence_tried on assent_tcc_fence (branch) where state = 'TRIED';
create index if not exists assent_tcc_fence_ended on assent_tcc_fence (horizon) where state <> 'TRIED'
