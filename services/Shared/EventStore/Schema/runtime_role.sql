-- Run at every start, after all tables. The service works as a role that owns nothing; whoever connects may lack the right to create or take it,
-- and then works as himself. Roles belong to the whole server, so services that start together meet here.
do $$ begin
    if not exists (select from pg_roles where rolname = 'imagerights_runtime') then
        create role imagerights_runtime nologin;
    end if;
exception when insufficient_privilege or duplicate_object or unique_violation then null;
end $$;

do $$ begin
    if not pg_has_role(current_user, 'imagerights_runtime', 'member') then
        execute format('grant imagerights_runtime to %I', current_user);
    end if;
exception when insufficient_privilege or undefined_object or unique_violation or internal_error then null;
end $$;

do $$ begin
    -- Health looks for transactions that hold the followers back, whoever opened them.
    if not pg_has_role('imagerights_runtime', 'pg_read_all_stats', 'member') then
        grant pg_read_all_stats to imagerights_runtime;
    end if;
exception when insufficient_privilege or undefined_object or unique_violation or internal_error then null;
end $$;

do $$
declare
    kept text;
begin
    if exists (select from pg_roles where rolname = 'imagerights_runtime') then
        grant usage on schema {schema} to imagerights_runtime;
        grant select, insert, update, delete on all tables in schema {schema} to imagerights_runtime;
        grant usage, select on all sequences in schema {schema} to imagerights_runtime;
        grant execute on all functions in schema {schema} to imagerights_runtime;
        alter default privileges in schema {schema} grant select, insert, update, delete on tables to imagerights_runtime;
        alter default privileges in schema {schema} grant usage, select on sequences to imagerights_runtime;
        -- Whatever refuses changes by its trigger is not granted them either.
        for kept in select c.relname from pg_trigger t join pg_class c on c.oid = t.tgrelid
                     where t.tgfoid = '{schema}.mt_refuse_change()'::regprocedure
        loop
            execute format('revoke update, delete, truncate on {schema}.%I from imagerights_runtime', kept);
        end loop;
        revoke insert, update, delete on {schema}.mt_migrations from imagerights_runtime;
    end if;
end $$;
