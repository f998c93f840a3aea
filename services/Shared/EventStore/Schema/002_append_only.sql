-- What is written stays. This holds for everybody, the tables' owner too: rights alone would not bind an owner or a superuser.
create or replace function {schema}.mt_refuse_change() returns trigger
language plpgsql as $$
begin
    raise exception '% is append-only: % is refused', tg_table_name, tg_op using errcode = 'insufficient_privilege';
end $$;

create trigger mt_events_append_only before update or delete or truncate on {schema}.mt_events
    for each statement execute function {schema}.mt_refuse_change();
