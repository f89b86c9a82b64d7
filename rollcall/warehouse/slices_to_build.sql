-- Which other slices the slices to build change, beside those of the same office that tell of the same records. Rows of
-- any revision of a slice to build are asked, so that a record that is gone is found too; of the other slices, the rows
-- that count. What is told is found first, and kept: the planner takes the rows that count for far fewer than they are.

-- Changes of a registration that name another person for it: the latest ID number settles whose it is.
with told as materialized (
    select distinct others._office_key, others._period, others._submission_id
    from ledger.slices_to_build as touched
    inner join raw.registrations as said on touched.period = said._period and touched.office_key = said._office_key
    inner join raw.registrations as others
        on said._office_key = others._office_key
        and said.volunteer_no = others.volunteer_no
        and said.person_key <> others.person_key
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

-- The other ends of transfers; an end is also told by an heir of the office named, or names its heir.
with told as materialized (
    select distinct others._office_key, others._period, others._submission_id
    from ledger.slices_to_build as touched
    inner join raw.funding as said on touched.period = said._period and touched.office_key = said._office_key
    inner join reference.offices as counterparties on said.counterparty_code = counterparties.code
    cross join lateral (
        select counterparties.office_key
        union
        select heirs.heir_key from reference.office_heirs as heirs where heirs.office_key = counterparties.office_key
        union
        select heirs.office_key from reference.office_heirs as heirs where heirs.heir_key = counterparties.office_key
    ) as kin
    inner join raw.funding as others on kin.office_key = others._office_key and said.voucher_no = others.voucher_no
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

-- Services of volunteers who are another person now than the marts say, or none any more. Whose a registration is, is
-- settled as in fct_registrations.
with served as materialized (
    select distinct services.office_key, services.volunteer_no, services.period, services.person_key
    from ledger.slices_to_build as touched
    inner join raw.registrations as said on touched.period = said._period and touched.office_key = said._office_key
    inner join marts.fct_services as services
        on said._office_key = services.office_key and said.volunteer_no = services.volunteer_no
    where touched.dataset = 'registrations'
),
changes as (
    select distinct on (told._office_key, told.volunteer_no, told.changed_on) told.*
    from (select distinct office_key, volunteer_no from served) as volunteers
    inner join raw.registrations as told
        on volunteers.office_key = told._office_key and volunteers.volunteer_no = told.volunteer_no
    inner join ledger.slices as slices
        on told._period = slices.period
        and told._office_key = slices.office_key
        and told._submission_id = slices.submission_id
    where slices.dataset = 'registrations'
    order by told._office_key, told.volunteer_no, told.changed_on, told._period desc
),
identified as (
    select distinct on (_office_key, volunteer_no) _office_key, volunteer_no, person_key
    from changes
    order by _office_key, volunteer_no, coalesce(has_id_number, false) desc, changed_on desc
)
insert into ledger.slices_to_build (office_key, period, dataset, submission_id)
select distinct slices.office_key, slices.period, slices.dataset, slices.submission_id
from served
left join identified
    on served.office_key = identified._office_key and served.volunteer_no = identified.volunteer_no
inner join ledger.slices as slices
    on served.period = slices.period and served.office_key = slices.office_key
where slices.dataset = 'services' and served.person_key is distinct from identified.person_key
on conflict do nothing;

-- Services that another registration of the same person tells of the same event and day: one of them counts.
with told as materialized (
    select distinct others._office_key, others._period, others._submission_id
    from ledger.slices_to_build as touched
    inner join raw.services as said on touched.period = said._period and touched.office_key = said._office_key
    inner join raw.registrations as own
        on said._office_key = own._office_key and said.volunteer_no = own.volunteer_no
    inner join raw.registrations as same
        on own.person_key = same.person_key
        and (own._office_key, own.volunteer_no) <> (same._office_key, same.volunteer_no)
    inner join raw.services as others
        on same._office_key = others._office_key
        and same.volunteer_no = others.volunteer_no
        and said.event_no = others.event_no
        and said.served_on = others.served_on
    where touched.dataset = 'services'
)
insert into ledger.slices_to_build (office_key, period, dataset, submission_id)
select slices.office_key, slices.period, slices.dataset, slices.submission_id
from told
inner join ledger.slices as slices
    on told._period = slices.period
    and told._office_key = slices.office_key
    and told._submission_id = slices.submission_id
where slices.dataset = 'services'
on conflict do nothing;
