-- Marten 9's tables and columns (string stream keys, conjoined tenancy). Ours, each with an ADR:
--   no cascade delete, transaction_id as the last column of mt_events, mt_inbox, mt_idempotency.
create schema if not exists {schema};

create table if not exists {schema}.mt_streams (
    tenant_id   varchar     not null default '*DEFAULT*',
    id          varchar     not null,
    type        varchar     null,
    version     bigint      null,
    timestamp   timestamptz not null default now(),
    created     timestamptz not null default now(),
    is_archived bool        default false,
    constraint pkey_mt_streams_tenant_id_id primary key (tenant_id, id)
);

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
    constraint pkey_mt_events_seq_id primary key (seq_id),
    constraint fkey_mt_events_stream_id foreign key (tenant_id, stream_id) references {schema}.mt_streams (tenant_id, id)
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
create or replace function {schema}.mt_append(
    tenantid varchar, alone boolean,
    streams varchar[], types varchar[], expected bigint[], starts boolean[], amounts int[], times timestamptz[],
    correlations varchar[], causations varchar[], usernames varchar[],
    consumers varchar[], messages uuid[],
    routes varchar[], keys varchar[], fingerprints varchar[], statuses int[], locations varchar[], answers jsonb[],
    event_entries int[], event_positions int[], event_ids uuid[], event_types varchar[], bodies jsonb[], event_headers jsonb[],
    out outcomes int[], out versions bigint[])
language plpgsql as $$
declare
    outcome  int;
    current  bigint;
    at       timestamptz;
    archived boolean;
begin
    outcomes := array_fill(0, array[cardinality(streams)]);
    versions := array_fill(0::bigint, array[cardinality(streams)]);
    if not alone then
        -- Whoever holds one of these rows for longer makes its writer wait, not everyone who arrived together with it.
        perform set_config('lock_timeout', '250ms', true);
    end if;
    for i in 1 .. cardinality(streams) loop
        outcome := 0;
        current := 0;
        if messages[i] is not null then
            insert into {schema}.mt_inbox (tenant_id, consumer, message_id) values (tenantid, consumers[i], messages[i]) on conflict do nothing;
            if not found then outcome := 1; end if;
        end if;
        if outcome = 0 and keys[i] is not null then
            insert into {schema}.mt_idempotency (tenant_id, route, key, fingerprint, status, location, body)
                values (tenantid, routes[i], keys[i], fingerprints[i], statuses[i], locations[i], answers[i]) on conflict do nothing;
            if not found then outcome := 2; end if;
        end if;
        if outcome = 0 and streams[i] is not null then
            at := null;
            if coalesce(expected[i], 0) = 0 then
                insert into {schema}.mt_streams (tenant_id, id, type, version, timestamp, created) values (tenantid, streams[i], types[i], amounts[i], times[i], times[i])
                    on conflict do nothing returning version, timestamp into current, at;
            end if;
            if at is null and expected[i] is distinct from 0 then
                -- A clock that was set back must not turn a stream's history around.
                update {schema}.mt_streams s set version = s.version + amounts[i], timestamp = greatest(s.timestamp, times[i])
                    where s.tenant_id = tenantid and s.id = streams[i] and (expected[i] is null or s.version = expected[i]) and not s.is_archived
                    returning s.version, s.timestamp into current, at;
            end if;
            if at is null then
                select s.version, s.is_archived into current, archived from {schema}.mt_streams s where s.tenant_id = tenantid and s.id = streams[i];
                outcome := case when archived then 5 when starts[i] then 4 else 3 end;
            end if;
            times[i] := at;
        end if;
        if outcome <> 0 then
            if alone then
                raise exception 'append refused: stream %, version %, expected %', streams[i], current, expected[i]
                    using errcode = (array['MT006', 'MT007', 'MT003', 'MT005', 'MT001'])[outcome], hint = format('%s %s %s', outcome, i, coalesce(current, 0));
            end if;
            if outcome > 1 and messages[i] is not null then
                delete from {schema}.mt_inbox where tenant_id = tenantid and consumer = consumers[i] and message_id = messages[i];
            end if;
            if outcome > 2 and keys[i] is not null then
                delete from {schema}.mt_idempotency where tenant_id = tenantid and route = routes[i] and key = keys[i];
            end if;
        end if;
        outcomes[i] := outcome;
        versions[i] := coalesce(current, 0);
    end loop;
    insert into {schema}.mt_events (seq_id, id, stream_id, version, data, type, timestamp, tenant_id, correlation_id, causation_id, headers, user_name)
        select nextval('{schema}.mt_events_sequence'), e.id, streams[e.entry], versions[e.entry] - amounts[e.entry] + e.position, e.body, e.type, times[e.entry],
               tenantid, correlations[e.entry], causations[e.entry], e.header, usernames[e.entry]
        from unnest(event_entries, event_positions, event_ids, event_types, bodies, event_headers) as e(entry, position, id, type, body, header)
        where outcomes[e.entry] = 0;
    if not alone then
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
