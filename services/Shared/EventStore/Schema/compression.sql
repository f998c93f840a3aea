-- Run at every start, after all tables. What is long in an event or a document is mostly Base64 of what is compressed already: PostgreSQL's own method goes through all of it to find
-- that out; LZ4 is many times quicker, and takes other text about as far. It counts for what is written from then on.
do $$
declare
    t regclass;
begin
    for t in select c.oid from pg_class c join pg_attribute a on a.attrelid = c.oid
             where c.relnamespace = '{schema}'::regnamespace and c.relkind = 'r' and a.attname = 'data' and a.atttypid = 'jsonb'::regtype and a.attcompression <> 'l'
    loop
        execute format('alter table %s alter column data set compression lz4', t);
    end loop;
exception when feature_not_supported then null; -- The server was built without it.
end $$;
