-- A key for each person, wrapped by the service's own. Events and documents hold what is personal as ciphertext under it; destroying the key is what erasing is,
-- and changes no byte of the record. The row stays, to say that there was one and when it went.
create table if not exists {schema}.mt_personal_keys (
    key_id    uuid        not null,
    tenant_id varchar     not null,
    person    varchar     not null,
    wrapped   bytea       null,
    created   timestamptz not null default clock_timestamp(),
    destroyed timestamptz null,
    constraint pkey_mt_personal_keys primary key (key_id),
    constraint mt_personal_keys_destroyed check ((wrapped is null) = (destroyed is not null))
);
-- What comes after an erasure is new, and has a key of its own.
create unique index if not exists idx_mt_personal_keys_person on {schema}.mt_personal_keys (tenant_id, person) where destroyed is null;
