-- How far the latest rebuild of each read model is, for whoever asks the running service.
create table if not exists {schema}.mt_rebuilds (
    projection varchar     not null,
    started    timestamptz not null default clock_timestamp(),
    updated    timestamptz not null default clock_timestamp(),
    finished   timestamptz null,
    done       bigint      not null default 0,
    total      bigint      not null,
    constraint pkey_mt_rebuilds primary key (projection)
);
