create table if not exists {schema}.mt_doc_{alias} (
    tenant_id        varchar     not null default '*DEFAULT*',
    -- Byte order, so that keyset paging by id compares as .NET's ordinal comparison does.
    id               varchar     collate "C" not null,
    data             jsonb       not null,
    mt_last_modified timestamptz default transaction_timestamp(),
    mt_version       bigint      default 0,
    mt_dotnet_type   varchar     null,
    constraint pkey_mt_doc_{alias}_tenant_id_id primary key (tenant_id, id)
);
