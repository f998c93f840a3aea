-- The version that an idempotent answer named, so that its repetition names it too; answers stored before have none.
alter table {schema}.mt_idempotency add column if not exists version bigint null;

-- Beside the function of 005, which replicas of the release before call until they are replaced.
create or replace function {schema}.mt_append(
    tenantid varchar, alone boolean, documents boolean,
    streams varchar[], types varchar[], expected bigint[], starts boolean[], amounts int[], times timestamptz[],
    correlations varchar[], causations varchar[], usernames varchar[],
    consumers varchar[], messages uuid[],
    routes varchar[], keys varchar[], fingerprints varchar[], statuses int[], locations varchar[], answers jsonb[], answered bigint[],
    event_entries int[], event_positions int[], event_ids uuid[], event_types varchar[], bodies jsonb[], event_headers jsonb[],
    out outcomes int[], out versions bigint[])
language plpgsql as $$
declare
    total   int := cardinality(streams);
    pending int := 0;
    entry   record;
begin
    perform set_config('app.tenant', tenantid, true);
    outcomes := array_fill(0, array[total]);
    versions := array_fill(0::bigint, array[total]);

    for i in 1 .. total loop
        if messages[i] is not null then
            insert into {schema}.mt_inbox (tenant_id, consumer, message_id) values (tenantid, consumers[i], messages[i]) on conflict do nothing;
            if not found then outcomes[i] := 1; end if;
        end if;
        if keys[i] is not null and outcomes[i] = 0 then
            insert into {schema}.mt_idempotency (tenant_id, route, key, fingerprint, status, location, body, version)
                values (tenantid, routes[i], keys[i], fingerprints[i], statuses[i], locations[i], answers[i], answered[i]) on conflict do nothing;
            if not found then outcomes[i] := 2; end if;
        end if;
        -- Undecided until a stream took it.
        if streams[i] is not null and outcomes[i] = 0 then
            outcomes[i] := 3;
            pending := pending + 1;
        end if;
    end loop;

    -- All starts before all moves: who waits for another's start holds no row that a mover could wait for, so nobody waits in a circle.
    if pending > 0 then
        for entry in
            with started as (
                insert into {schema}.mt_streams (tenant_id, id, type, version, timestamp, created)
                    select tenantid, g.stream, g.type, g.amount, g.at, g.at
                    from unnest(streams, types, expected, amounts, times) with ordinality as g(stream, type, expected, amount, at, number)
                    where outcomes[g.number] = 3 and coalesce(g.expected, 0) = 0
                    on conflict do nothing returning id, version)
            select array_position(streams, started.id) as number, started.version from started
        loop
            outcomes[entry.number] := 0; versions[entry.number] := entry.version; pending := pending - 1;
        end loop;
    end if;
    if pending > 0 then
        for entry in
            -- A clock that was set back must not turn a stream's history around.
            update {schema}.mt_streams s set version = s.version + g.amount, timestamp = greatest(s.timestamp, g.at)
                from unnest(streams, expected, amounts, times) with ordinality as g(stream, expected, amount, at, number)
                where outcomes[g.number] = 3 and g.expected is distinct from 0
                    and s.tenant_id = tenantid and s.id = g.stream and (g.expected is null or s.version = g.expected) and not s.is_archived
                returning g.number, s.version, s.timestamp
        loop
            outcomes[entry.number] := 0; versions[entry.number] := entry.version; times[entry.number] := entry.timestamp; pending := pending - 1;
        end loop;
    end if;

    for i in 1 .. total loop
        exit when pending = 0 and not outcomes && array[1, 2];
        continue when outcomes[i] = 0;
        if outcomes[i] = 3 then
            select case when s.is_archived then 5 when starts[i] then 4 else 3 end as outcome, s.version into entry
                from {schema}.mt_streams s where s.tenant_id = tenantid and s.id = streams[i];
            if found then
                outcomes[i] := entry.outcome; versions[i] := entry.version;
            end if;
        end if;
        if alone then
            raise exception 'append refused: stream %, version %, expected %', streams[i], versions[i], expected[i]
                using errcode = (array['MT006', 'MT007', 'MT003', 'MT005', 'MT001'])[outcomes[i]], hint = format('%s %s %s', outcomes[i], i, versions[i]);
        end if;
        if outcomes[i] > 1 and messages[i] is not null then
            delete from {schema}.mt_inbox where tenant_id = tenantid and consumer = consumers[i] and message_id = messages[i];
        end if;
        if outcomes[i] > 2 and keys[i] is not null then
            delete from {schema}.mt_idempotency where tenant_id = tenantid and route = routes[i] and key = keys[i];
        end if;
    end loop;

    insert into {schema}.mt_events (seq_id, id, stream_id, version, data, type, timestamp, tenant_id, correlation_id, causation_id, headers, user_name)
        select nextval('{schema}.mt_events_sequence'), e.id, streams[e.entry], versions[e.entry] - amounts[e.entry] + e.position, e.body, e.type, times[e.entry],
               tenantid, correlations[e.entry], causations[e.entry], e.header, usernames[e.entry]
        from unnest(event_entries, event_positions, event_ids, event_types, bodies, event_headers) as e(entry, position, id, type, body, header)
        where outcomes[e.entry] = 0;
    if documents then
        -- The documents of the same entries follow as statements of their own in this transaction; they leave out what was refused here.
        perform set_config('imagerights.outcomes', outcomes::text, true);
    end if;
end $$;
