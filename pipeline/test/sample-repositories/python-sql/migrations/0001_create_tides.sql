create table tides (
  harbour text not null,
  at timestamptz not null,
  metres numeric(4, 2) not null,
  primary key (harbour, at)
);
