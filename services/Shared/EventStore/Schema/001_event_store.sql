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

-- Version check before any nextval, so that the loser of a race leaves no hole in the sequence (marten #4765).
create or replace function {schema}.mt_quick_append_events(
    stream varchar, stream_type varchar, tenantid varchar, expected_version bigint,
    event_ids uuid[], event_types varchar[], bodies jsonb[], event_headers jsonb[],
    correlation varchar, causation varchar, username varchar) returns bigint
language plpgsql as $$
declare
    current bigint;
    amount  int := array_length(event_ids, 1);
begin
    select version into current from {schema}.mt_streams where tenant_id = tenantid and id = stream;
    if expected_version is not null and coalesce(current, 0) <> expected_version then
        raise exception 'stream % is at version %, not %', stream, coalesce(current, 0), expected_version using errcode = 'MT003';
    end if;
    if current is null then
        insert into {schema}.mt_streams (tenant_id, id, type, version) values (tenantid, stream, stream_type, amount);
        current := 0;
    elsif expected_version is null then
        update {schema}.mt_streams set version = version + amount, timestamp = now()
            where tenant_id = tenantid and id = stream and not is_archived returning version - amount into current;
        if not found then raise exception 'stream % is archived', stream using errcode = 'MT001'; end if;
    else
        update {schema}.mt_streams set version = version + amount, timestamp = now()
            where tenant_id = tenantid and id = stream and version = expected_version and not is_archived;
        if not found then
            raise exception 'stream % moved past version %, or is archived', stream, expected_version using errcode = 'MT003';
        end if;
    end if;
    insert into {schema}.mt_events (seq_id, id, stream_id, version, data, type, tenant_id, correlation_id, causation_id, headers, user_name)
        select nextval('{schema}.mt_events_sequence'), e.id, stream, current + e.position, e.body, e.type, tenantid, correlation, causation, e.header, username
        from unnest(event_ids, event_types, bodies, event_headers) with ordinality as e(id, type, body, header, position)
        order by e.position;
    return current + amount;
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
