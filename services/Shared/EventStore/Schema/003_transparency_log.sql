-- The transparency log over mt_events: RFC 6962 tree, C2SP tlog-tiles. Written by the sealer alone, a page of leaves with its tiles and its checkpoint at once.
create table if not exists {schema}.mt_log_leaves (
    index     bigint  not null,
    hash      bytea   not null,
    -- What the leaf stands for, so that an event that is gone can still be named.
    seq_id    bigint  not null,
    event_id  uuid    not null,
    tenant_id varchar not null,
    stream_id varchar not null,
    version   bigint  not null,
    constraint pkey_mt_log_leaves primary key (index)
);
create unique index if not exists idx_mt_log_leaves_event on {schema}.mt_log_leaves (tenant_id, event_id);

-- Complete tiles: 256 hashes of their level, and the node above them. Tiles that still grow are read from the level below.
create table if not exists {schema}.mt_log_tiles (
    level  int    not null,
    index  bigint not null,
    hashes bytea  not null,
    root   bytea  not null,
    constraint pkey_mt_log_tiles primary key (level, index)
);

create table if not exists {schema}.mt_log_checkpoints (
    size    bigint      not null,
    root    bytea       not null,
    note    text        not null,
    created timestamptz not null default clock_timestamp(),
    constraint pkey_mt_log_checkpoints primary key (size)
);

-- Public keys that checkpoints were signed with, in C2SP's encoding.
create table if not exists {schema}.mt_log_keys (
    verifier_key varchar     not null,
    created      timestamptz not null default clock_timestamp(),
    constraint pkey_mt_log_keys primary key (verifier_key)
);

create trigger mt_log_leaves_append_only before update or delete or truncate on {schema}.mt_log_leaves for each statement execute function {schema}.mt_refuse_change();
create trigger mt_log_tiles_append_only before update or delete or truncate on {schema}.mt_log_tiles for each statement execute function {schema}.mt_refuse_change();
create trigger mt_log_checkpoints_append_only before update or delete or truncate on {schema}.mt_log_checkpoints for each statement execute function {schema}.mt_refuse_change();
create trigger mt_log_keys_append_only before update or delete or truncate on {schema}.mt_log_keys for each statement execute function {schema}.mt_refuse_change();
