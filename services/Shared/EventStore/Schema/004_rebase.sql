-- After a logical restore into a cluster whose transaction ids are younger than the stored ones: followers would wait for ids that are far off, and new events
-- would sort before old ones. Gives the events the smallest ids that keep their order (a new one only where the sequence number steps back), moves followers'
-- progress with them, and uses up ids of the cluster until it is past them. The log's leaves do not contain transaction ids: it verifies as before.
-- Run by the owner of the tables, while no service runs: call mt_rebase().
create or replace procedure {schema}.mt_rebase() language plpgsql as $$
declare
    last bigint;
begin
    lock table {schema}.mt_events in access exclusive mode;
    alter table {schema}.mt_events disable trigger mt_events_append_only;
    create temp table mt_rebased on commit drop as
        select seq_id, transaction_id as old, 1 + sum(back) over (order by transaction_id, seq_id) as new
        from (select seq_id, transaction_id, case when seq_id < lag(seq_id) over (order by transaction_id, seq_id) then 1 else 0 end as back from {schema}.mt_events) as steps;
    create unique index on mt_rebased (seq_id);
    update {schema}.mt_event_progression p set last_transaction_id = r.new::text::xid8 from mt_rebased r where r.seq_id = p.last_seq_id;
    update {schema}.mt_events e set transaction_id = r.new::text::xid8 from mt_rebased r where r.seq_id = e.seq_id;
    select coalesce(max(new), 0) into last from mt_rebased;
    alter table {schema}.mt_events enable trigger mt_events_append_only;
    commit;
    while pg_snapshot_xmin(pg_current_snapshot())::text::numeric <= last loop
        perform pg_current_xact_id();
        commit;
    end loop;
end $$;
revoke execute on procedure {schema}.mt_rebase() from public;
