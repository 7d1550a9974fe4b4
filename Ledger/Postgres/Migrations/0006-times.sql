-- Rows do not stand in order of time: several processes write, each from ids of its own, and what waited for the server comes late.
-- For each 32 pages the index keeps the earliest and the latest time, at next to no cost for whoever writes.
create index log_time on log using brin (time) with (pages_per_range = 32, autosummarize = on);

-- Ids of rows before (p_time, p_id) in order of time and id, newest first, and not before p_from. An index of ranges gives no order, so it
-- looks at one stretch of time after the other, each so short that few rows are sorted: growing while it finds too few, and again
-- from the short end where it meets too many. Above p_newest hardly anything is expected, which makes that one stretch.
create function log_before(p_time bigint, p_id bigint, p_from bigint, p_newest bigint, p_limit integer)
returns setof bigint language plpgsql stable rows 256
set enable_seqscan = off set enable_indexscan = off set enable_indexonlyscan = off set plan_cache_mode = force_custom_plan
as $$
declare
    v_most constant integer := 4096;
    v_high bigint := p_time + 1;
    v_low bigint := greatest(p_from, least(p_newest, p_time));
    v_width bigint := 1250;
    v_left bigint := p_limit;
    v_ids bigint[];
begin
    loop
        select array_agg(s.id order by s.time desc, s.id desc) into v_ids
        from (select l.id, l.time from log l where l.time >= v_low and l.time < v_high and (l.time < p_time or l.id < p_id) limit v_most + 1) s;
        if cardinality(v_ids) > v_most and v_high - v_low > 1 then
            v_width := greatest((v_high - v_low) / 8, 1);
        else
            if cardinality(v_ids) > v_most then
                select array_agg(s.id order by s.id desc) into v_ids
                from (select l.id from log l where l.time = v_low and (l.time < p_time or l.id < p_id) order by l.id desc limit v_left) s;
            end if;
            return query select u.id from unnest(v_ids) with ordinality as u(id, place) order by u.place limit v_left;
            v_left := v_left - coalesce(cardinality(v_ids), 0);
            exit when v_left <= 0 or v_low <= p_from;
            v_high := v_low;
            v_width := least(v_width, 1::bigint << 56) * 8;
        end if;
        v_low := greatest(p_from, v_high - v_width);
    end loop;
end
$$;

-- From this row on, hashes of references and of requests are keyed by the master key; those before it are plain SHA-256.
insert into setting (name, value) select 'hashes keyed since row', (coalesce(max(id), 0) + 1)::text from log;
