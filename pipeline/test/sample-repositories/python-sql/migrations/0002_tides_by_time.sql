create index tides_at on tides (at);
