-- Which other slices the slices to build change, beside those that tell of the same records. Derived from ledger and
-- raw alone: what the marts say is unknown while a build was cut off. Rows of any revision of a slice to build are
-- asked, so that a record that is gone is found too; of the other slices, the rows that count. What is told is found
-- first, and kept: the planner takes the rows that count for far fewer than they are.

-- Changes of a registration that are other persons' for it, for the latest ID number settles whose it is; later ones,
-- which leave cells empty for what was known before; and those that relatives of the office tell.
with told as materialized (
    select distinct others._office_key, others._period, others._submission_id
    from ledger.slices_to_build as touched
    inner join raw.registrations as said on touched.period = said._period and touched.office_key = said._office_key
    inner join ledger.related_offices as related on said._office_key = related.office_key
    inner join raw.registrations as others
        on related.related_key = others._office_key
        and said.volunteer_no = others.volunteer_no
        and (
            said.person_key <> others.person_key
            or said.changed_on < others.changed_on
            or said._office_key <> others._office_key
        )
    where touched.dataset = 'registrations'
)
insert into ledger.slices_to_build (office_key, period, dataset, submission_id)
select slices.office_key, slices.period, slices.dataset, slices.submission_id
from told
inner join ledger.slices as slices
    on told._period = slices.period
    and told._office_key = slices.office_key
    and told._submission_id = slices.submission_id
where slices.dataset = 'registrations'
on conflict do nothing;

-- The other ends of transfers, also those that an heir tells of, or that name an office that was taken over; and the
-- others of the number in the year, whose order says which end is whose.
with told as materialized (
    select distinct others._office_key, others._period, others._submission_id
    from ledger.slices_to_build as touched
    inner join raw.funding as said on touched.period = said._period and touched.office_key = said._office_key
    inner join reference.offices as counterparties on said.counterparty_code = counterparties.code
    inner join ledger.related_offices as related
        on related.office_key in (said._office_key, counterparties.office_key)
    inner join raw.funding as others
        on related.related_key = others._office_key
        and said.voucher_no = others.voucher_no
        and said.budget_year = others.budget_year
    where touched.dataset = 'funding'
)
insert into ledger.slices_to_build (office_key, period, dataset, submission_id)
select slices.office_key, slices.period, slices.dataset, slices.submission_id
from told
inner join ledger.slices as slices
    on told._period = slices.period
    and told._office_key = slices.office_key
    and told._submission_id = slices.submission_id
where slices.dataset = 'funding'
on conflict do nothing;

-- Services of volunteers who are another person now than when their registration was last built, or none any more. Whose
-- a registration is, is settled as in fct_registrations. A unified number is somebody wherever it serves.
with said as materialized (
    select distinct said._office_key as office_key, said.volunteer_no
    from ledger.slices_to_build as touched
    inner join raw.registrations as said on touched.period = said._period and touched.office_key = said._office_key
    where touched.dataset = 'registrations'
),
told as materialized (
    select
        told._office_key as office_key, told.volunteer_no, told.changed_on, told._period as period, told.person_key,
        coalesce(told.has_id_number, false) as is_named,
        told._submission_id = slices.submission_id as counts_now,
        told._submission_id is not distinct from slices.built_submission_id as counted_before
    from said
    inner join raw.registrations as told
        on said.office_key = told._office_key and said.volunteer_no = told.volunteer_no
    inner join ledger.slices as slices
        on told._period = slices.period
        and told._office_key = slices.office_key
        and told._submission_id in (slices.submission_id, slices.built_submission_id)
    where slices.dataset = 'registrations'
),
persons_now as (
    select distinct on (office_key, volunteer_no) office_key, volunteer_no, person_key
    from (
        select distinct on (office_key, volunteer_no, changed_on) *
        from told where counts_now
        order by office_key, volunteer_no, changed_on, period desc
    ) as changes
    order by office_key, volunteer_no, is_named desc, changed_on desc
),
persons_before as (
    select distinct on (office_key, volunteer_no) office_key, volunteer_no, person_key
    from (
        select distinct on (office_key, volunteer_no, changed_on) *
        from told where counted_before
        order by office_key, volunteer_no, changed_on, period desc
    ) as changes
    order by office_key, volunteer_no, is_named desc, changed_on desc
),
moved as materialized (
    select said.office_key, said.volunteer_no
    from said
    left join persons_now as now_is on said.office_key = now_is.office_key and said.volunteer_no = now_is.volunteer_no
    left join persons_before as was on said.office_key = was.office_key and said.volunteer_no = was.volunteer_no
    where now_is.person_key is distinct from was.person_key
    union
    select said.office_key, said.volunteer_no
    from said
    inner join ledger.related_offices as related
        on said.office_key = related.office_key and said.office_key <> related.related_key
),
served as materialized (
    select services._office_key, services._period, services._submission_id
    from moved
    inner join ledger.related_offices as related on moved.office_key = related.office_key
    inner join raw.services as services
        on related.related_key = services._office_key and moved.volunteer_no = services.volunteer_no
    union
    select services._office_key, services._period, services._submission_id
    from moved
    inner join raw.services as services on moved.volunteer_no = services.volunteer_no
    where length(services.volunteer_no) >= 10
)
insert into ledger.slices_to_build (office_key, period, dataset, submission_id)
select slices.office_key, slices.period, slices.dataset, slices.submission_id
from served
inner join ledger.slices as slices
    on served._period = slices.period
    and served._office_key = slices.office_key
    and served._submission_id = slices.submission_id
where slices.dataset = 'services'
on conflict do nothing;

-- Services that belong to another event now: of a number that an event has, or had when it was last built, with other
-- days than then; from the first day of its month on. An office may be named by any code it ever bore.
with told as materialized (
    select
        events.organiser_code, events.event_no, events.started_at, events.ended_at,
        events._submission_id = slices.submission_id as counts_now,
        events._submission_id is not distinct from slices.built_submission_id as counted_before
    from ledger.slices_to_build as touched
    inner join ledger.slices as slices
        on touched.period = slices.period
        and touched.office_key = slices.office_key
        and touched.dataset = slices.dataset
        and slices.submission_id is distinct from slices.built_submission_id
    inner join raw.events as events
        on slices.period = events._period
        and events._submission_id in (slices.submission_id, slices.built_submission_id)
    where touched.dataset = 'events'
),
moved as materialized (
    select
        organiser_code, event_no,
        min(date_trunc('month', started_at at time zone 'Asia/Shanghai')::date) as from_day
    from (
        (
            select organiser_code, event_no, started_at, ended_at from told where counts_now
            except
            select organiser_code, event_no, started_at, ended_at from told where counted_before
        )
        union all
        (
            select organiser_code, event_no, started_at, ended_at from told where counted_before
            except
            select organiser_code, event_no, started_at, ended_at from told where counts_now
        )
    ) as different
    group by organiser_code, event_no
),
called as materialized (
    select distinct offices.code, others.code as other_code
    from reference.offices as offices
    inner join ledger.related_offices as related on offices.office_key = related.office_key
    inner join reference.offices as others on related.related_key = others.office_key
),
named as materialized (
    select moved.event_no, moved.from_day, called.other_code as organiser_code
    from moved
    inner join called on moved.organiser_code = called.code
    union
    select event_no, from_day, organiser_code from moved
),
served as materialized (
    select distinct services._office_key, services._period, services._submission_id
    from named
    inner join raw.services as services
        on named.event_no = services.event_no
        and named.organiser_code = services.organiser_code
        and named.from_day <= services.served_on
)
insert into ledger.slices_to_build (office_key, period, dataset, submission_id)
select slices.office_key, slices.period, slices.dataset, slices.submission_id
from served
inner join ledger.slices as slices
    on served._period = slices.period
    and served._office_key = slices.office_key
    and served._submission_id = slices.submission_id
where slices.dataset = 'services'
on conflict do nothing;

-- Services on the same event and day as one of these: of a person who is told of twice, one counts.
with said as materialized (
    select distinct said.organiser_code, said.event_no, said.served_on
    from ledger.slices_to_build as touched
    inner join raw.services as said on touched.period = said._period and touched.office_key = said._office_key
    where touched.dataset = 'services'
),
called as materialized (
    select distinct offices.code, others.code as other_code
    from reference.offices as offices
    inner join ledger.related_offices as related on offices.office_key = related.office_key
    inner join reference.offices as others on related.related_key = others.office_key
),
named as materialized (
    select said.event_no, said.served_on, called.other_code as organiser_code
    from said
    inner join called on said.organiser_code = called.code
    union
    select event_no, served_on, organiser_code from said
),
served as materialized (
    select distinct services._office_key, services._period, services._submission_id
    from named
    inner join raw.services as services
        on named.event_no = services.event_no
        and named.organiser_code = services.organiser_code
        and named.served_on = services.served_on
)
insert into ledger.slices_to_build (office_key, period, dataset, submission_id)
select slices.office_key, slices.period, slices.dataset, slices.submission_id
from served
inner join ledger.slices as slices
    on served._period = slices.period
    and served._office_key = slices.office_key
    and served._submission_id = slices.submission_id
where slices.dataset = 'services'
on conflict do nothing;
