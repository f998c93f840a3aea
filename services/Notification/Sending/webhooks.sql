-- Events as they are told to integrators: what is signed, what the feed lists.
create table if not exists {schema}.webhook_events (
    tenant_id      varchar     not null,
    event_id       uuid        not null,
    type           varchar     not null,
    subject        varchar     not null,
    -- A test event is for one endpoint and stays out of the feed.
    only_for       varchar     null,
    -- An event about an endpoint is not sent to it.
    about_endpoint varchar     null,
    feed_only      bool        not null,
    -- Text, not jsonb: a signature covers the very bytes.
    body           text        not null,
    full_body      text        null,
    traceparent    varchar     null,
    recorded_at    timestamptz not null default clock_timestamp(),
    seq_id         bigint      generated always as identity,
    -- The feed reads below pg_snapshot_xmin and resumes from (transaction_id, seq_id); the number alone has holes that fill later.
    transaction_id xid8        not null default pg_current_xact_id(),
    constraint pkey_webhook_events primary key (tenant_id, event_id)
);
create index if not exists idx_webhook_events_feed on {schema}.webhook_events (tenant_id, transaction_id, seq_id) where only_for is null;
create index if not exists idx_webhook_events_recorded on {schema}.webhook_events (tenant_id, recorded_at) where only_for is null;

-- The timer of pending deliveries. A row under a lease is being sent; when its sender dies the lease runs out and the row is due again.
create table if not exists {schema}.webhook_due (
    tenant_id       varchar     not null,
    delivery_id     varchar     not null,
    endpoint_id     varchar     not null collate "C",
    event_id        uuid        not null,
    next_attempt_at timestamptz not null,
    leased_until    timestamptz null,
    lease           uuid        null,
    constraint pkey_webhook_due primary key (tenant_id, delivery_id)
);
create index if not exists idx_webhook_due_endpoint on {schema}.webhook_due (endpoint_id, next_attempt_at);
drop index if exists {schema}.idx_webhook_due_leased;
-- A claim changes no indexed column: with room on the page it leaves the indexes alone. And a queue's dead rows lie where the next claim begins to look.
alter table {schema}.webhook_due set (fillfactor = 50, autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 10000, autovacuum_vacuum_cost_delay = 0);

-- How an endpoint does, over all its deliveries: what keeps a dead one from slowing others.
create table if not exists {schema}.webhook_endpoint_health (
    tenant_id     varchar     not null,
    endpoint_id   varchar     not null,
    failing_since timestamptz null,
    -- Until then it asked not to be called.
    not_before    timestamptz null,
    constraint pkey_webhook_endpoint_health primary key (tenant_id, endpoint_id)
);

-- Signing secrets, sealed. A row goes when its time is over: then nobody can read it again.
create table if not exists {schema}.webhook_secrets (
    tenant_id   varchar     not null,
    endpoint_id varchar     not null,
    secret_id   varchar     not null,
    sealed      bytea       not null,
    created_at  timestamptz not null default clock_timestamp(),
    valid_until timestamptz null,
    constraint pkey_webhook_secrets primary key (tenant_id, endpoint_id, secret_id)
);

-- Beginning of what receivers answered: foreign text, kept out of the facts.
create table if not exists {schema}.webhook_responses (
    tenant_id   varchar not null,
    delivery_id varchar not null,
    attempt_id  uuid    not null,
    body        text    not null,
    constraint pkey_webhook_responses primary key (tenant_id, delivery_id, attempt_id)
);
