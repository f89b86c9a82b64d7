-- Which other slices the slices to build change: those of the same office that speak of the same record, for a record
-- counts in the latest month that reports it; and the other ends of transfers. Rows of any revision of a slice to build
-- are asked, so that a record that is gone is found too; of the other slices, the rows that count.
insert into ledger.slices_to_build (office_key, period, dataset, submission_id)
select distinct slices.office_key, slices.period, slices.dataset, slices.submission_id
from ledger.slices_to_build as touched
inner join raw.events as said on touched.period = said._period and touched.office_key = said._office_key
inner join raw.events as others
    on said._office_key = others._office_key
    and said.organiser_code = others.organiser_code
    and said.event_no = others.event_no
inner join ledger.slices as slices
    on others._period = slices.period
    and others._office_key = slices.office_key
    and others._submission_id = slices.submission_id
where touched.dataset = 'events' and slices.dataset = 'events' and slices.period <> touched.period
on conflict do nothing;

-- Beside the same change of a registration: rows that name another person for it, for the latest ID number settles whose it is.
insert into ledger.slices_to_build (office_key, period, dataset, submission_id)
select distinct slices.office_key, slices.period, slices.dataset, slices.submission_id
from ledger.slices_to_build as touched
inner join raw.registrations as said on touched.period = said._period and touched.office_key = said._office_key
inner join raw.registrations as others
    on said._office_key = others._office_key
    and said.volunteer_no = others.volunteer_no
    and (said.changed_on = others.changed_on or said.person_key <> others.person_key)
inner join ledger.slices as slices
    on others._period = slices.period
    and others._office_key = slices.office_key
    and others._submission_id = slices.submission_id
where touched.dataset = 'registrations' and slices.dataset = 'registrations' and slices.period <> touched.period
on conflict do nothing;

insert into ledger.slices_to_build (office_key, period, dataset, submission_id)
select distinct slices.office_key, slices.period, slices.dataset, slices.submission_id
from ledger.slices_to_build as touched
inner join raw.funding as said on touched.period = said._period and touched.office_key = said._office_key
left join reference.offices as counterparties on said.counterparty_code = counterparties.code
inner join raw.funding as others
    on said.voucher_no = others.voucher_no
    and others._office_key in (said._office_key, counterparties.office_key)
inner join ledger.slices as slices
    on others._period = slices.period
    and others._office_key = slices.office_key
    and others._submission_id = slices.submission_id
where touched.dataset = 'funding' and slices.dataset = 'funding'
on conflict do nothing;
