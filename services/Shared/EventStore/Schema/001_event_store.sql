-- Marten 9's tables and columns (string stream keys, conjoined tenancy). Ours, each with an ADR:
--   no foreign key and so no cascade delete, transaction_id as the last column of mt_events, mt_inbox, mt_idempotency.
create table if not exists {schema}.mt_streams (
    tenant_id   varchar     not null default '*DEFAULT*',
    id          varchar     not null,
    type        varchar     null,
    version     bigint      null,
    timestamp   timestamptz not null default now(),
    created     timestamptz not null default now(),
    is_archived bool        default false,
    constraint pkey_mt_streams_tenant_id_id primary key (tenant_id, id)
) with (fillfactor = 70); -- Every append updates a row; room on its page spares the index.

create sequence if not exists {schema}.mt_events_sequence;

create table if not exists {schema}.mt_events (
    seq_id         bigint       not null,
    id             uuid         not null,
    stream_id      varchar      not null,
    version        bigint       not null,
    data           jsonb        not null,
    type           varchar(500) not null,
    timestamp      timestamptz  not null default clock_timestamp(),
    tenant_id      varchar      not null default '*DEFAULT*',
    mt_dotnet_type varchar      null,
    correlation_id varchar      null,
    causation_id   varchar      null,
    headers        jsonb        null,
    user_name      varchar      null,
    is_archived    bool         default false,
    -- Followers read below pg_snapshot_xmin and resume from (transaction_id, seq_id); a sequence alone has holes that fill later.
    transaction_id xid8         not null default pg_current_xact_id(),
    -- No foreign key to mt_streams: mt_append, the only writer, holds the stream's row when it inserts, and checking it once more is a quarter of an append's cost.
    constraint pkey_mt_events_seq_id primary key (seq_id)
);
alter sequence {schema}.mt_events_sequence owned by {schema}.mt_events.seq_id;
create unique index if not exists pk_mt_events_stream_and_version on {schema}.mt_events (tenant_id, stream_id, version);
create unique index if not exists idx_mt_events_event_id on {schema}.mt_events (tenant_id, id);
create index if not exists idx_mt_events_horizon on {schema}.mt_events (transaction_id, seq_id);

create table if not exists {schema}.mt_event_progression (
    name                varchar     not null,
    last_seq_id         bigint      null,
    last_updated        timestamptz default transaction_timestamp(),
    last_transaction_id xid8        null,
    constraint pk_mt_event_progression primary key (name)
);

-- A message is consumed once: the row commits with the events that it caused.
create table if not exists {schema}.mt_inbox (
    tenant_id  varchar     not null,
    consumer   varchar     not null,
    message_id uuid        not null,
    received   timestamptz not null default now(),
    constraint pkey_mt_inbox primary key (tenant_id, consumer, message_id)
);

-- draft-ietf-httpapi-idempotency-key-header: the first answer, committed with the first event it reports.
create table if not exists {schema}.mt_idempotency (
    tenant_id   varchar     not null,
    key         varchar     not null,
    route       varchar     not null,
    fingerprint varchar     not null,
    status      int         not null,
    location    varchar     null,
    body        jsonb       null,
    created     timestamptz not null default now(),
    constraint pkey_mt_idempotency primary key (tenant_id, route, key)
);

-- Appends of one tenant that arrived together: one entry is one stream's append (or none) with the inbox row and the idempotency key that stand or fall with it.
-- Each entry has its own outcome: 0 written, 1 message consumed before, 2 key taken, 3 stream moved, 4 stream exists, 5 stream archived.
-- An entry that is not written leaves nothing behind, and draws no number: versions are checked before any nextval (marten #4765).
-- Alone (one unit of work, which may append to several streams), the first refusal raises instead and so undoes the whole.
-- Entries come sorted by stream, so that all transactions lock in one order.
create or replace function {schema}.mt_append(
    tenantid varchar, alone boolean, documents boolean,
    streams varchar[], types varchar[], expected bigint[], starts boolean[], amounts int[], times timestamptz[],
    correlations varchar[], causations varchar[], usernames varchar[],
    consumers varchar[], messages uuid[],
    routes varchar[], keys varchar[], fingerprints varchar[], statuses int[], locations varchar[], answers jsonb[],
    event_entries int[], event_positions int[], event_ids uuid[], event_types varchar[], bodies jsonb[], event_headers jsonb[],
    out outcomes int[], out versions bigint[])
language plpgsql as $$
declare
    total   int := cardinality(streams);
    pending int := 0;
    entry   record;
begin
    outcomes := array_fill(0, array[total]);
    versions := array_fill(0::bigint, array[total]);

    for i in 1 .. total loop
        if messages[i] is not null then
            insert into {schema}.mt_inbox (tenant_id, consumer, message_id) values (tenantid, consumers[i], messages[i]) on conflict do nothing;
            if not found then outcomes[i] := 1; end if;
        end if;
        if keys[i] is not null and outcomes[i] = 0 then
            insert into {schema}.mt_idempotency (tenant_id, route, key, fingerprint, status, location, body)
                values (tenantid, routes[i], keys[i], fingerprints[i], statuses[i], locations[i], answers[i]) on conflict do nothing;
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

-- Fenced: a follower that lost its leadership cannot move progress that another has moved.
create or replace function {schema}.mt_mark_event_progression(
    follower varchar, from_transaction xid8, from_seq bigint, to_transaction xid8, to_seq bigint) returns void
language plpgsql as $$
begin
    insert into {schema}.mt_event_progression (name, last_seq_id, last_transaction_id) values (follower, 0, '0'::xid8)
        on conflict (name) do nothing;
    update {schema}.mt_event_progression
        set last_seq_id = to_seq, last_transaction_id = to_transaction, last_updated = transaction_timestamp()
        where name = follower and last_seq_id = from_seq and last_transaction_id = from_transaction;
    if not found then
        raise exception 'another follower moved %', follower using errcode = 'MT004';
    end if;
end $$;
