-- RFC 3161 tokens over checkpoints: what somebody outside says about when the log was as it is.
create table if not exists {schema}.mt_log_timestamps (
    size      bigint      not null,
    token     bytea       not null,
    authority varchar     not null,
    created   timestamptz not null default clock_timestamp(),
    constraint pkey_mt_log_timestamps primary key (size)
);
create trigger mt_log_timestamps_append_only before update or delete or truncate on {schema}.mt_log_timestamps for each statement execute function {schema}.mt_refuse_change();
