-- Run at every start, after all tables: whatever has a tenant_id, a service's own tables too, shows and takes only the rows of the tenant that the transaction names.
-- A transaction that names none sees nothing and writes nothing. Work that serves all tenants (followers, the sealer, a service's workers) says so with another
-- setting, which no tenant's name can reach. Forced, so that it binds the owner too.
do $$
declare
    t record;
begin
    for t in select c.oid, c.relname, c.relrowsecurity and c.relforcerowsecurity as secured
             from pg_class c join pg_attribute a on a.attrelid = c.oid and a.attname = 'tenant_id' and not a.attisdropped
             where c.relnamespace = '{schema}'::regnamespace and c.relkind in ('r', 'p')
    loop
        if not exists (select from pg_policy where polrelid = t.oid and polname = 'tenant') then
            execute format($policy$create policy tenant on {schema}.%I using (tenant_id = current_setting('app.tenant', true))$policy$, t.relname);
            execute format($policy$create policy all_tenants on {schema}.%I using (current_setting('app.all_tenants', true) = 'on')$policy$, t.relname);
        end if;
        if not t.secured then
            execute format('alter table {schema}.%I enable row level security', t.relname);
            execute format('alter table {schema}.%I force row level security', t.relname);
        end if;
    end loop;
end $$;

-- Conditions on a read model's fields may use an index only where their functions are known to give nothing away about rows that the policy hides; these give nothing
-- away, but only a superuser may say so. Without it lists by a field are read by tenant and filtered. The functions are the database's, so services that start together in one take turns.
do $$
declare
    f regprocedure;
begin
    perform pg_advisory_xact_lock(hashtext('imagerights.leakproof'));
    for f in select oid from pg_proc where not proleakproof and oid in (
        'jsonb_object_field(jsonb, text)'::regprocedure, 'jsonb_object_field_text(jsonb, text)'::regprocedure, 'jsonb_contains(jsonb, jsonb)'::regprocedure)
    loop
        execute format('alter function %s leakproof', f);
    end loop;
exception when insufficient_privilege then null;
end $$;
